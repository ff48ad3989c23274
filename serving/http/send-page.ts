import type { Response } from 'express';

/** Answers a self-contained page: it has its own style and nothing else, and the browser is told so. */
export function sendPage(response: Response, html: string): void {
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  );
  response.type('html').send(html);
}
