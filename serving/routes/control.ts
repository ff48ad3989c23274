import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError } from '../../base/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, reportFormat } from '../http/parse.ts';
import { sendPage } from '../http/send-page.ts';
import { controlPage } from '../portfolio/control-page.ts';

type Deps = Pick<ServingDependencies, 'control' | 'clock'>;

const placeSchema = z.tuple([isoInstant, z.string().max(80)]);
export const reportQuery = z.strictObject({ format: reportFormat });

/** The period of a control report. */
export const newControlReportSchema = z
  .strictObject({
    from: isoInstant.meta({ description: 'The first instant that counts.' }),
    to: isoInstant.meta({ description: 'The first instant that does not count any more.' }),
  })
  .refine(({ from, to }) => Date.parse(to) > Date.parse(from), {
    path: ['to'],
    message: 'The period must end after it begins.',
  });

/** GET /v1/reports/control: control reports, newest first. */
export function listControlReports({ control }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const place = cursor === undefined ? undefined : readCursor('control', placeSchema, cursor);
    const before = place && { madeAt: place[0], reportId: place[1] };
    const read = await control.page({ before, limit: limit + 1 });
    response.json(pageOf('control', read, limit, ({ madeAt, reportId }) => [madeAt, reportId]));
  };
}

/** POST /v1/reports/control: makes the report of a period that has begun, and keeps it; who subscribed is told. */
export function makeControlReport({ control, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const { from, to } = parseBody(newControlReportSchema, request.body);
    if (instant(from) > clock.now())
      throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
        problems: [{ at: 'from', message: 'This period has not begun.' }],
      });
    response.status(201).json(await control.make(instant(from), instant(to)));
  };
}

/** GET /v1/reports/control/{reportId}: one report, as JSON or as a page to print. */
export function readControlReport({ control }: Deps): RequestHandler {
  return async (request, response) => {
    const { format } = parseQuery(reportQuery, request);
    const reportId = String(request.params['reportId']);
    if (!/^[0-9a-f]{64}$/.test(reportId)) throw new ProbityError('UNKNOWN_REPORT', 'This is not the id of a report.');
    const report = await control.find(reportId);
    if (format === 'json') response.json(report);
    else sendPage(response, controlPage(report, control.policy, answerLanguage(request, response)));
  };
}
