import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../base/index.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { startServer } from '../serving/index.ts';
import { usualWorld } from './serving/world.ts';

const committed = JSON.parse(
  readFileSync(join(packageRoot(), 'serving', 'openapi', 'openapi.json'), 'utf8'),
) as unknown;

it('the committed OpenAPI document is the generated one (node dist/serving/openapi/write.js)', () => {
  expect(openApiDocument()).toEqual(committed);
});

it('the server answers the document, and every address in it', async () => {
  const server = await startServer(usualWorld().deps, { port: 0 });
  try {
    expect(await (await fetch(`${server.url}/openapi.json`)).json()).toEqual(committed);
    const { paths } = committed as { paths: Record<string, Record<string, unknown>> };
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods))
        expect([path, await codeOf(await fetch(server.url + path, { method: method.toUpperCase() }))]).not.toContain(
          'NOT_FOUND',
        );
  } finally {
    await server.close();
  }
});

async function codeOf(response: Response): Promise<string> {
  if (response.ok) return 'OK';
  return ((await response.json()) as { code: string }).code;
}
