import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseQuery, reportFormat } from '../http/parse.ts';
import { sendPage } from '../http/send-page.ts';
import { monitoringPage } from '../portfolio/monitoring-page.ts';

type Deps = Pick<ServingDependencies, 'monitoring' | 'defaults'>;

/** What `slot` says for the reports of every slot. */
const EVERY_SLOT = 'all';

const placeSchema = z.tuple([isoInstant, z.string().max(80)]);
export const listQuery = pageQuery.extend({ slot: z.string().max(200).optional() });
export const reportQuery = z.strictObject({ format: reportFormat });

/**
 * GET /v1/reports/monitoring: reports on models, newest first: of the slot of all segments for default, of another that is named, or of all of them; and which slots are not followed.
 */
export function listMonitoringReports({ monitoring, defaults }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor, slot } = parseQuery(listQuery, request);
    const place = cursor === undefined ? undefined : readCursor('monitoring', placeSchema, cursor);
    const before = place && { madeAt: place[0], reportId: place[1] };
    const asked = slot ?? slotKey({ ...defaults, segment: null });
    const read = await monitoring.page({ before, slot: asked === EVERY_SLOT ? undefined : asked, limit: limit + 1 });
    const gaps = await monitoring.gaps();
    response.json({
      ...pageOf('monitoring', read, limit, ({ madeAt, reportId }) => [madeAt, reportId]),
      notFollowed: asked === EVERY_SLOT ? gaps : gaps.filter((gap) => gap.slot === asked),
    });
  };
}

/** GET /v1/reports/monitoring/{reportId}: one report and what followed it, as JSON or as a page to print. It names no customer. */
export function readMonitoringReport({ monitoring }: Pick<Deps, 'monitoring'>): RequestHandler {
  return async (request, response) => {
    const { format } = parseQuery(reportQuery, request);
    const reportId = String(request.params['reportId']);
    if (!/^[0-9a-f]{64}$/.test(reportId)) throw new ProbityError('UNKNOWN_REPORT', 'This is not the id of a report.');
    const report = await monitoring.find(reportId);
    const actions = await monitoring.actionsOf(reportId);
    if (format === 'json') response.json({ ...report, actions });
    else sendPage(response, monitoringPage(report, answerLanguage(request, response), actions));
  };
}
