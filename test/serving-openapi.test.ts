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
      for (const method of Object.keys(methods)) {
        const asked = path.replaceAll(/\{\w+\}/g, 'abcdefabcdef');
        const response = await fetch(server.url + asked, { method: method.toUpperCase() });
        expect([path, await response.text()]).not.toContainEqual(
          expect.stringContaining('Nothing lives at this address'),
        );
      }
  } finally {
    await server.close();
  }
});
