import express, { type RequestHandler, type Response } from 'express';
import { ProbityError } from '../../base/index.ts';

const PLAIN = /^application\/json(?:; ?charset=utf-8)?$/i;

/**
 * Reads a JSON body of at most `limit` bytes. A plain one that says its length is read here, in one step; everything else (compressed, in chunks,
 * other JSON types) by Express, with the same errors.
 */
export function jsonBody(limit: number): RequestHandler {
  const usual = express.json({ limit, type: ['application/json', 'application/*+json'] });
  return (request, response, next) => {
    const { headers } = request;
    const length = Number(headers['content-length'] ?? 0);
    const isPlain =
      length > 0 &&
      headers['transfer-encoding'] === undefined &&
      headers['content-encoding'] === undefined &&
      PLAIN.test(headers['content-type'] ?? '');
    if (!isPlain || length > limit) {
      usual(request, response, next);
      return;
    }
    const chunks: Buffer[] = [];
    let ended = false;
    const end = (error?: unknown): void => {
      if (ended) return;
      ended = true;
      next(error);
    };
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        request.body = parsed(chunks);
      } catch (error) {
        end(error);
        return;
      }
      end();
    });
    request.on('error', end);
    request.on('close', () => {
      if (!request.complete) end(new ProbityError('INVALID_INPUT', 'The body did not arrive whole.'));
    });
  };
}

/** An object or array, as body-parser's strict mode wants it. */
function parsed(chunks: readonly Buffer[]): unknown {
  const [only] = chunks;
  let text = only !== undefined && chunks.length === 1 ? only.toString() : Buffer.concat(chunks).toString();
  if (text.startsWith('\uFEFF')) text = text.slice(1);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new ProbityError('INVALID_INPUT', 'The body is not valid JSON.');
}

/** Answers JSON as `response.json` does, its text written together with the headers. */
export function sendJson(response: Response, value: unknown): void {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', bytes);
  // A text of ASCII alone is the same in Latin 1, which is written several times faster.
  response.end(text, bytes === text.length ? 'latin1' : 'utf8');
}
