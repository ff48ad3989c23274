import type { RequestHandler } from 'express';
import { openApiDocument } from '../openapi/document.ts';

let written: string | null = null;

/** GET /openapi.json: the OpenAPI document. */
export const getDocument: RequestHandler = (_request, response) => {
  written ??= JSON.stringify(openApiDocument());
  response.type('application/json').send(written);
};
