import { expect } from 'vitest';
import { ROLES, type Json, type Role } from '../../base/index.ts';
import { isOperationId, OPERATIONS, type OperationId } from '../../serving/access/index.ts';
import type { Example } from '../../serving/openapi/examples.ts';
import { openApiDocument } from '../../serving/openapi/document.ts';
import { resolvedExample, resolvedText } from '../../serving/openapi/recorded-answers.ts';
import { answerProblems } from './answer-schema.ts';

type Answers = Record<string, Record<string, Json>>;

/** How examples are asked. */
interface Asking {
  /** An answer without what differs from one time to the next. */
  readonly steady: (text: string) => string;
  /** What examples refer to beside answers. */
  readonly known?: Answers;
  /** Who asks where an example names no role. */
  readonly authorization?: string;
}

/** A reading that succeeded. */
interface Reading {
  readonly operationId: OperationId;
  readonly address: string;
}

/**
 * Asks every reading again as each role (`Bearer ROLE` is somebody of that role): whom the table of operations lets, gets what an example's asker gets, by the schema of the
 * document; everybody else is refused.
 */
async function readAsEveryRole(url: string, readings: readonly Reading[], authorization?: string): Promise<void> {
  const document = openApiDocument();
  const get = async (address: string, as: string | undefined) => {
    const response = await fetch(`${url}${address}`, { headers: as === undefined ? {} : { authorization: as } });
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    return { status: response.status, type, text: await response.text() };
  };
  for (const { operationId, address } of readings) {
    const who: 'anyone' | readonly Role[] = OPERATIONS[operationId].who;
    if (who === 'anyone') continue;
    // What came after may have taken away what an example read: it is gone for everybody alike.
    const now = await get(address, authorization);
    for (const role of ROLES) {
      const { status, type, text } = await get(address, `Bearer ${role}`);
      const cell = `${role} ${operationId} ${address}`;
      expect.soft([cell, status, text]).toEqual([cell, who.includes(role) ? now.status : 403, expect.any(String)]);
      if (!type.endsWith('json')) continue;
      expect
        .soft([cell, ...answerProblems(document, operationId, status, JSON.parse(text) as Json, type)])
        .toEqual([cell]);
    }
  }
}

/**
 * Sends examples in their order; each must be answered with its status and, where it succeeds with JSON, by the schema of the document. Then each reading is asked again as every role. Answers what was answered, steady; examples refer to what was answered
 * indeed.
 */
export async function askExamples(
  url: string,
  all: Readonly<Record<string, Readonly<Record<string, Example>>>>,
  { steady, known = {}, authorization }: Asking,
): Promise<Answers> {
  const document = openApiDocument();
  const answers: Answers = { ...known };
  const told: Answers = {};
  const readings: Reading[] = [];
  for (const [operationId, examples] of Object.entries(all)) {
    if (!isOperationId(operationId)) throw new Error(`no operation ${operationId}`);
    const { method, path } = OPERATIONS[operationId];
    for (const [name, example] of Object.entries(examples)) {
      const { status, body, type = 'application/json', path: values = {}, query, as } = example;
      const address = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
        resolvedText(values[parameter] ?? '', answers),
      );
      const asker = as === undefined ? authorization : `Bearer ${as}`;
      const response = await fetch(`${url}${address}${query === undefined ? '' : `?${query}`}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': type }),
          ...(asker === undefined ? {} : { authorization: asker }),
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(resolvedExample(body, answers)) }),
      });
      const text = await response.text();
      if (method === 'GET' && response.ok)
        readings.push({ operationId, address: `${address}${query === undefined ? '' : `?${query}`}` });
      expect.soft([operationId, name, response.status, text]).toEqual([operationId, name, status, expect.any(String)]);
      const json = /json$|json;/.test((response.headers.get('content-type') ?? '').replace('ndjson', ''));
      const read = (of: string): Json => (json ? (JSON.parse(of) as Json) : of);
      (answers[operationId] ??= {})[name] = read(text);
      if (json && response.ok)
        expect.soft(answerProblems(document, operationId, response.status, read(text)), name).toEqual([]);
      // A page is not shown in the document, and nothing is nothing to show.
      if (text !== '' && !(response.headers.get('content-type') ?? '').includes('html'))
        (told[operationId] ??= {})[name] = read(steady(text));
    }
  }
  await readAsEveryRole(url, readings, authorization);
  return told;
}
