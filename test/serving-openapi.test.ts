import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot, type Json } from '../base/index.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { startServer } from '../serving/index.ts';
import { answerProblems } from './support/answer-schema.ts';
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

it('an answer that is not of the schema of its operation is told where', () => {
  const page = { items: [], nextCursor: null };
  const problemsOf = (answer: Json) => answerProblems(openApiDocument(), 'listWarnings', 200, answer);
  expect(problemsOf(page)).toEqual([]);
  expect(problemsOf({ ...page, items: 1 })).toEqual([expect.stringContaining('listWarnings 200 items')]);
  expect(problemsOf({ ...page, items: [{ warningId: 7 }] })).toContainEqual(
    expect.stringContaining('items.0.warningId'),
  );
  expect(answerProblems(openApiDocument(), 'listWarnings', 299, page)).not.toEqual([]);
});
