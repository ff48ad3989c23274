import { availableParallelism } from 'node:os';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { matchOperation, type Authenticator } from '../../serving/access/index.ts';
import type { PrivacyDesk } from '../../serving/customers/privacy.ts';
import type { WebhookDesk } from '../../serving/webhooks/desk.ts';
import { anyoneIsAdmin } from '../serving/world.ts';
import { PERSON } from '../support/planted-person.ts';
import { plantRecords } from '../support/planted-records.ts';
import { runningProject } from '../support/running-project.ts';
import { installSchemathesis, noteRun, runPass } from './schemathesis.ts';

/**
 * Fuzzes the whole API by its OpenAPI document with schemathesis, against all that `probity up` runs (PostgreSQL, Temporal, a worker), in which a
 * person of every kind of record stands. PROBITY_FUZZ says how many requests: `npm run fuzz` sends 100 000, by as many processes at once as
 * PROBITY_FUZZ_WORKERS says (default: one less than there are cores), each with a seed of its own from PROBITY_FUZZ_SEED (default 1) on. A run that
 * is to end sooner (PROBITY_FUZZ_MINUTES) begins no pass after that; what each run sent lies in `.probity/fuzz/runs.jsonl`.
 */
const wanted = Number(process.env['PROBITY_FUZZ'] ?? 0);
const workers = Number(process.env['PROBITY_FUZZ_WORKERS'] ?? Math.max(1, availableParallelism() - 1));
const firstSeed = Number(process.env['PROBITY_FUZZ_SEED'] ?? 1);
const minutes = Number(process.env['PROBITY_FUZZ_MINUTES'] ?? Infinity);
/** Cases for each operation of one round of a pass. */
const examples = Math.max(2, Math.min(100, Math.ceil(wanted / 150)));
/** A pass draws rounds until then: what it works out of the document at its start is worth many cases. */
const passSeconds = Math.min(300, Math.max(1, Math.floor(minutes * 60)));

const PEOPLE = [PERSON.id, 'C-001', 'C-002', 'C-003'];

const missing = wanted > 0 ? installSchemathesis() : null;
if (missing !== null) process.stderr.write(`not fuzzed: ${missing}\n`);

describe.skipIf(wanted === 0 || missing !== null)(
  'the API under schemathesis (PROBITY_FUZZ: how many requests)',
  () => {
    it(
      'answers nothing with 5xx, and nothing that its document does not declare',
      async () => {
        const seen = { requests: 0, failed: [] as string[], operations: new Map<string, number>() };
        const write = (line: string): void => {
          const { req, res, msg } = JSON.parse(line) as {
            req?: { method: string; path: string };
            res?: { status: number };
            msg: string;
          };
          if (res !== undefined && req !== undefined) {
            seen.requests++;
            const { operationId } = matchOperation(req.method, req.path);
            const name = operationId ?? 'no operation';
            seen.operations.set(name, (seen.operations.get(name) ?? 0) + 1);
          }
          if ((res?.status ?? 0) >= 500 || msg === 'unexpected error') seen.failed.push(line.slice(0, 2000));
        };
        const running = await runningProject({
          logger: pino({ level: 'info' }, { write }),
          alter: (deps) => ({
            ...deps,
            authenticate: fuzzerIsAdmin(deps.authenticate),
            webhooks: nowhere(deps.webhooks),
            privacy: sparing(deps.privacy),
            requestsPerMinute: 1e8,
          }),
        });
        const breaches: string[] = [];
        try {
          const records = await plantRecords(running);
          // What is of a customer is of the planted one.
          const known = { ...records, customerId: [PERSON.id, PERSON.id, ...records.customerId] };
          const counted = seen.requests;
          // While it is planted, the server has no snapshot to rate on yet, and says so.
          seen.failed.length = 0;
          seen.operations.clear();
          let seed = firstSeed;
          const endBy = Date.now() + minutes * 60_000;
          const work = async (): Promise<void> => {
            while (seen.requests - counted < wanted && Date.now() < endBy) {
              const mine = seed++;
              const phases = mine === firstSeed ? 'examples,coverage,fuzzing,stateful' : 'fuzzing,stateful';
              const authorization = `Bearer fuzz`;
              const { code, text } = await runPass({
                url: running.url,
                authorization,
                seed: mine,
                examples,
                seconds: passSeconds,
                phases,
                known,
              });
              if (code !== 0) breaches.push(`seed ${mine}: exit ${code}\n${text.slice(-20_000)}`);
              process.stderr.write(`fuzzed: ${seen.requests - counted} requests after seed ${mine}\n`);
            }
          };
          await Promise.all(Array.from({ length: workers }, work));
          await noteRun({
            firstSeed,
            seeds: seed - firstSeed,
            requests: seen.requests - counted,
            serverErrors: seen.failed.length,
            passesWithBreaches: breaches.length,
            operations: Object.fromEntries([...seen.operations].toSorted(([, a], [, b]) => b - a)),
          });
          expect(seen.failed.slice(0, 20), 'logged as 5xx').toEqual([]);
          expect(breaches.join('\n\n')).toBe('');
        } finally {
          await running.close();
        }
      },
      12 * 3_600_000,
    );
  },
);

/** The fuzzer revokes every key that it finds; its own is none of them. */
function fuzzerIsAdmin(real: Authenticator): Authenticator {
  return async (authorization) => {
    if (authorization !== 'Bearer fuzz') return real(authorization);
    const admin = await anyoneIsAdmin(authorization);
    return 'principal' in admin ? { principal: { ...admin.principal, tenant: 'acme' as Tenant } } : admin;
  };
}

/** Erases somebody else in the place of those who are to stay: the fuzzer draws ids that it has seen. */
function sparing(desk: PrivacyDesk): PrivacyDesk {
  return {
    ...desk,
    erase: (customerId, ...by) => desk.erase(PEOPLE.includes(customerId) ? `${customerId}-other` : customerId, ...by),
  };
}

/** Where no delivery goes to (a private address): addresses that a fuzzer draws may be somebody's. */
function nowhere(desk: WebhookDesk): WebhookDesk {
  const { webhooks } = desk;
  const url = 'https://10.0.0.1/';
  return {
    ...desk,
    webhooks: {
      ...webhooks,
      create: (webhook) => webhooks.create({ ...webhook, url }),
      change: (webhookId, to) => webhooks.change(webhookId, { ...to, url }),
    },
  };
}
