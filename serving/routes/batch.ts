import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { arrowEncoder, readArrow } from '../batch/arrow.ts';
import { readNdjson, writeNdjson, type RowAnswer } from '../batch/ndjson.ts';
import { looksAtRatings } from '../access/index.ts';
import type { BatchRow } from '../batch/rows.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { flag, parseQuery } from '../http/parse.ts';
import { answerLanguage } from '../http/language.ts';
import type { ServerMetrics } from '../http/metrics.ts';
import { principalOf } from '../http/principal.ts';
import type { Lease, Live } from '../live/live.ts';
import { overrideOf } from '../ratings/override-answer.ts';
import { ratingAnswer } from '../ratings/answer.ts';
import type { Recorder } from '../ratings/recorder.ts';
import type { RatingRequest } from '../ratings/request.ts';
import type { RatingService } from '../ratings/service.ts';

/** The query of a batch. */
export const batchQuery = z.strictObject({ contributions: flag });

const ndjson = 'application/x-ndjson';
const arrow = 'application/vnd.apache.arrow.stream';

/**
 * POST /v1/ratings:batch: rows stream in and answers stream out, in order, one for each, at the slower side's pace. The whole
 * batch is rated by the deployment of its beginning. Rows are recorded group by group, unless a row is a dry run.
 */
export function postBatch(
  live: Live,
  service: RatingService,
  recorder: Recorder,
  metrics: ServerMetrics,
  { overrides, clock, dossiers }: Pick<ServingDependencies, 'overrides' | 'clock' | 'dossiers'>,
): RequestHandler {
  const looks = looksAtRatings('rateBatch', dossiers.accesses);
  return async (request, response) => {
    if (request.headers['idempotency-key'] !== undefined)
      throw new ProbityError('INVALID_INPUT', 'A batch takes no Idempotency-Key.', {
        fix: 'Send single ratings with a key of their own.',
      });
    const rows = rowsOf(request);
    const output = outputOf(request);
    const language = answerLanguage(request, response);
    const { contributions } = parseQuery(batchQuery, request);
    const by = { actor: principalOf(request).actor, purpose: looks.purposeOf(request) };
    const lease = live.acquire();
    try {
      response.type(output === arrow ? arrow : ndjson);
      const encoder = output === arrow ? arrowEncoder() : { write: writeNdjson, end: () => Buffer.alloc(0) };
      for await (const group of rows) {
        const rated = await rateGroup(lease, service, group);
        const answers = await Promise.all(
          rated.map(async ({ row, result, dryRun }): Promise<RowAnswer> => {
            try {
              if ('error' in result) throw result.error;
              const recorded = dryRun ? null : await recorder.record(result, by);
              metrics.rated(result);
              const now = clock.now();
              const override = await overrideOf(overrides, result, recorded, now, 'none-yet');
              return { row, answer: ratingAnswer(result, language, { now, contributions, recorded, override }) };
            } catch (error) {
              metrics.rowFailed();
              return { row, error };
            }
          }),
        );
        // Before anything of the group is shown.
        await looks.record(request, shownIn(rated));
        if (!(await written(response, encoder.write(answers)))) return;
        await setImmediate();
      }
      response.end(encoder.end());
    } finally {
      lease.release();
    }
  };
}

async function rateGroup(lease: Lease, service: RatingService, group: readonly BatchRow[]) {
  const requests: RatingRequest[] = [];
  for (const row of group) if ('request' in row) requests.push(row.request);
  const results = await service.rateRows(lease, requests);
  let next = 0;
  return group.map((row) => ({
    row: row.row,
    dryRun: 'request' in row && row.request.dryRun === true,
    result: 'request' in row ? (results[next++] ?? { error: new Error('no result') }) : { error: row.error },
  }));
}

/** The customers of whom ratings were made, and which of these leave nothing behind. */
function shownIn(rated: Awaited<ReturnType<typeof rateGroup>>) {
  return rated.map(({ result, dryRun }) => {
    const customerId = 'error' in result ? undefined : result.inputs.request.customerId;
    return { customerId: typeof customerId === 'string' ? customerId : undefined, dry: dryRun };
  });
}

/** Writes, and waits while the client reads more slowly than we write; false where the client has gone. */
async function written(response: Response, bytes: Buffer): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(bytes)) return true;
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  response.once('close', onClose);
  try {
    await once(response, 'drain', { signal: gone.signal });
  } catch {
    return false;
  } finally {
    response.off('close', onClose);
  }
  return !response.destroyed;
}

function rowsOf(request: Request): AsyncGenerator<BatchRow[]> {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') {
    if (request.is(arrow)) return readArrow(request);
    if (request.is([ndjson, 'application/jsonl', 'application/ndjson'])) return readNdjson(request);
  }
  throw new ProbityError(
    'UNSUPPORTED_MEDIA_TYPE',
    'A batch is read as NDJSON or as an Arrow IPC stream, not encoded.',
    {
      fix: `Send content-type ${ndjson} or ${arrow}.`,
    },
  );
}

/** What the client accepts by name; otherwise the format that it sent. */
function outputOf(request: Request): typeof arrow | typeof ndjson {
  const accepted = request.headers.accept ?? '';
  if (accepted.includes(arrow)) return arrow;
  if (accepted.includes(ndjson)) return ndjson;
  return request.is(arrow) ? arrow : ndjson;
}
