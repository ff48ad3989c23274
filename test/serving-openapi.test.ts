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

/** Lists in answers that are no pages, and why each stays short. */
const NOT_PAGED: Readonly<Record<string, string>> = {
  'recordedRating ratingAdvice': 'of one rating: its features, reasons and flags',
  'champion challengers': 'slots of models, as people fill them',
  'me readKey readWebhook': 'of one caller, key or webhook',
  'readRuleProposal readCase readAgreement readReview readWarning readErasure':
    'what was done to one thing until it closed',
  'overrideReport reviewWarnings agreementReport': 'groups of a period',
  'readPortfolioReport readControlReport readMonitoringReport readCustomerReport': 'tables of one report',
  warningHandling: 'the project’s own files',
  readReport: 'one document for people, to print',
  exportCustomer: 'the right of access: all of it, at once',
  listLegalBases: 'what the policy names, for each what stands',
};
/** Lists beside those that are paged. */
const BESIDE: Readonly<Record<string, string>> = {
  listMonitoringReports: 'notFollowed: slots of models',
  readFile: 'disputed, agreements, notices: for the whole of the file; each has a list of its own',
};

it('every list of the document is paged by limit and cursor, or stays short for a reason that is named', () => {
  type Parameter = { readonly $ref?: string; readonly name?: string };
  type Get = {
    readonly operationId: string;
    readonly parameters?: readonly Parameter[];
    readonly responses: {
      readonly 200?: { readonly content?: { readonly 'application/json'?: { readonly schema: Schema } } };
    };
  };
  type Schema = {
    readonly $ref?: string;
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
  };
  const { paths, components } = committed as {
    readonly paths: Readonly<Record<string, { readonly get?: Get }>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const resolved = (schema: Schema = {}): Schema =>
    schema.$ref === undefined ? schema : (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  const short = new Set(Object.keys(NOT_PAGED).flatMap((names) => names.split(' ')));
  const seen = { paged: [] as string[], short: [] as string[], beside: [] as string[] };
  for (const { get } of Object.values(paths)) {
    const { properties = {} } = resolved(get?.responses[200]?.content?.['application/json']?.schema);
    const lists = Object.keys(properties).filter((name) => resolved(properties[name]).type === 'array');
    if (get === undefined || lists.length === 0) continue;
    const named = (get.parameters ?? []).map(({ $ref = '', name = '' }) => $ref.split('/').at(-1) || name);
    if (!named.includes('Limit') || !named.includes('Cursor')) seen.short.push(get.operationId);
    else {
      expect(Object.keys(properties), get.operationId).toContain(
        lists.includes('items') && 'cursor' in properties ? 'cursor' : 'nextCursor',
      );
      seen.paged.push(get.operationId);
      if (lists.length > 1) seen.beside.push(get.operationId);
    }
  }
  expect(seen.short.sort()).toEqual([...short].sort());
  expect(seen.beside.sort()).toEqual(Object.keys(BESIDE).sort());
  expect(seen.paged).toEqual(
    expect.arrayContaining(['disputeQueue', 'listWebhooks', 'entryHistory', 'listReportLinks']),
  );
});

/** Operations that take no Idempotency-Key, and what repeating each does. */
const NOT_KEYED: Readonly<Record<string, string>> = {
  rateBatch: 'refused: each row is a rating of its own, sent singly with a key',
  'events reconcile': 'the same content is taken once, by keys of its own',
  'makeAgreement makeControlReport makeCustomerReport': 'answers the one that is there',
  'eraseCustomer revokeKey readInbox redeliver': 'it is so already: nothing changes',
  'actOnOverride actOnNotice actOnCase actOnReview actOnWarning actOnDispute openReview':
    'what was done already is 409',
  'submitRules approveRules rejectRules': 'what was done already is 409',
  validateRules: 'stores nothing',
  'rollbackRules rotateWebhook': 'goes a step further: look first where the answer was lost',
  testWebhook: 'another test message, without data',
  changeLegalBases: 'the same basis once more, from a later instant: it allows no more than the first',
};

it('every operation that makes something takes an Idempotency-Key, or what repeating it does is named', () => {
  const { paths } = committed as {
    readonly paths: Readonly<
      Record<
        string,
        {
          readonly post?: { readonly operationId: string; readonly parameters?: readonly { readonly name?: string }[] };
        }
      >
    >;
  };
  const posts = Object.values(paths).flatMap(({ post }) => (post === undefined ? [] : [post]));
  const keyed = posts.filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'Idempotency-Key'));
  const rest = posts.filter((each) => !keyed.includes(each)).map(({ operationId }) => operationId);
  expect(rest.sort()).toEqual(
    Object.keys(NOT_KEYED)
      .flatMap((names) => names.split(' '))
      .sort(),
  );
  expect(keyed.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(['createKey', 'issueNotice']));
});
