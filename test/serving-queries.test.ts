import { afterAll, beforeAll, expect, it } from 'vitest';
import { isOperationId, OPERATIONS, type OperationId } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { QUERIES, withQuery } from '../serving/openapi/queries.ts';
import { usualWorld } from './serving/world.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer(usualWorld().deps, { port: 0 });
});
afterAll(() => server.close());

/** Where the problems of a refused query are. */
async function refused(id: OperationId, query: string): Promise<readonly string[]> {
  const { method, path } = OPERATIONS[id];
  const address = `${server.url}${path.replace('{kind}', 'note').replaceAll(/\{\w+\}/g, 'abababab-abab-4bab-8bab-abababababab')}?${query}`;
  const type = id === 'rateBatch' ? 'application/x-ndjson' : 'application/json';
  const body = method === 'POST' ? { headers: { 'content-type': type }, body: '{}' } : {};
  const response = await fetch(address, { method, ...body });
  const problem = problemSchema.parse(await response.json());
  expect([id, query.slice(0, 40), response.status]).toEqual([id, query.slice(0, 40), 400]);
  return (problem.problems ?? []).map(({ at }) => at);
}

const queried = Object.keys(QUERIES).filter(isOperationId);

it('what the document says of a query is of the very schema that parses it: values that it refuses, and names that it has not', async () => {
  for (const id of queried) {
    // No parameter takes a text of 2,000 characters.
    for (const name of Object.keys(QUERIES[id]?.shape ?? {}))
      expect([id, name, await refused(id, `${name}=${'x'.repeat(2000)}`)]).toEqual([
        id,
        name,
        expect.arrayContaining([name]),
      ]);
    expect([id, await refused(id, 'nowhere=1')]).toEqual([id, expect.arrayContaining(['nowhere'])]);
  }
});

it('every parameter of a query in the document is of the schema that parses it, or the purpose of a look, which is read before the operation', () => {
  const paths = openApiDocument()['paths'] as Record<
    string,
    Record<string, { operationId: OperationId; parameters: { name?: string; in?: string; $ref?: string }[] }>
  >;
  for (const { operationId, parameters } of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const names = parameters.flatMap(({ name, in: where, $ref }) => {
      const shared = /(Limit|Cursor)$/.exec($ref ?? '')?.[1]?.toLowerCase();
      return shared ?? (where === 'query' ? (name ?? []) : []);
    });
    const fields = Object.keys(QUERIES[operationId]?.shape ?? {});
    expect([operationId, names.filter((name) => !fields.includes(name) && name !== 'purpose')]).toEqual([
      operationId,
      [],
    ]);
    expect([operationId, fields.filter((name) => !names.includes(name))]).toEqual([operationId, []]);
  }
});

it('a description of what a query has not is refused when the document is made', () => {
  expect(() => withQuery('listKeys', [{ name: 'colour', in: 'query', description: 'Of this colour.' }])).toThrow(
    'listKeys: what parses its query (QUERIES) has no colour',
  );
  expect(withQuery('listKeys', [])).toEqual([
    { $ref: '#/components/parameters/Limit' },
    { $ref: '#/components/parameters/Cursor' },
  ]);
});
