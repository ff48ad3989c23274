import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { sendCacheable } from '../http/cacheable.ts';
import { packageRoot } from '../../base/index.ts';

/** The first page for people. */
export const consolePage = (): RequestHandler => page('page.html');

/** What the person who looks was told, and may do about it. */
export const inboxPage = (): RequestHandler => page('inbox.html');

/** The reference of the API, from the OpenAPI document, with a form to send requests. */
export const documentPage = (): RequestHandler => page('docs.html');

/** Where a page takes in what the pages of the console share. */
const SHARED = /\/\* (console\.(?:css|js)) \*\//g;

/** A self-contained page; its policy allows its own script and style, by hash, and nothing else. */
function page(file: string): RequestHandler {
  const read = (name: string): string => readFileSync(join(packageRoot(), 'serving', 'console', name), 'utf8');
  const html = read(file).replaceAll(SHARED, (_, name: string) => read(name));
  const hashOf = (tag: string): string => {
    const inner = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? '';
    return `'sha256-${createHash('sha256').update(inner).digest('base64')}'`;
  };
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf('script')}`,
    `style-src ${hashOf('style')}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (request, response) => {
    response.setHeader('content-security-policy', policy);
    sendCacheable(request, response, 'html', html);
  };
}
