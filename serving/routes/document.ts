import type { RequestHandler } from 'express';
import { sendCacheable } from '../http/cacheable.ts';
import { openApiDocument } from '../openapi/document.ts';

let written: string | null = null;

/** GET /openapi.json: the OpenAPI document. */
export const getDocument: RequestHandler = (request, response) => {
  written ??= JSON.stringify(openApiDocument());
  sendCacheable(request, response, 'application/json', written);
};
