import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import { messageOf, ProbityError } from '../base/index.ts';
import type {
  MonitorInput,
  ReconcileInput,
  RefreshInput,
  RescoreInput,
  RetentionInput,
  RetrainInput,
  ShadowScoreInput,
  SignalsInput,
} from './messages.ts';

/** The schedules of a project, by kind. */
export const SCHEDULE_KINDS = [
  'refresh',
  'retrain',
  'shadow',
  'report',
  'monitor',
  'retention',
  'signals',
  'reconcile',
] as const;

export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

/**
 * When each runs unless another cron is given (UTC). Should one still run when the next is due, the next is skipped. What was missed while the server
 * was down is made up for within the window. A look at the model missed for longer is no loss: the next one takes the customers of all days since the
 * last. Each run of shadows reads on from where the last one stopped, so a missed one needs no making up.
 */
export const DEFAULT_SCHEDULES = {
  refresh: { cron: '0 2 * * *', catchupWindow: '1 day', overlap: 'SKIP' },
  retrain: { cron: '0 4 * * 0', catchupWindow: '7 days', overlap: 'SKIP' },
  shadow: { cron: '*/10 * * * *', catchupWindow: '10 minutes', overlap: 'SKIP' },
  report: { cron: '0 6 1 * *', catchupWindow: '7 days', overlap: 'SKIP' },
  monitor: { cron: '0 3 * * *', catchupWindow: '1 day', overlap: 'SKIP' },
  retention: { cron: '0 3 2 * *', catchupWindow: '7 days', overlap: 'SKIP' },
  signals: { cron: '30 4 * * *', catchupWindow: '1 day', overlap: 'SKIP' },
  reconcile: { cron: '15 5 * * *', catchupWindow: '1 day', overlap: 'SKIP' },
} as const;

/** A schedule as shown to a person. */
export interface ScheduleView {
  readonly id: string;
  readonly kind: ScheduleKind;
  readonly cron: string;
  readonly paused: boolean;
  readonly note: string | null;
  readonly overlap: string;
  readonly catchupWindowSeconds: number;
  /** ISO instants. */
  readonly next: readonly string[];
  readonly recent: readonly { readonly at: string; readonly workflowId: string }[];
  readonly missed: number;
}

/** The id of a tenant's schedule for a portfolio. */
export function scheduleId(tenant: string, portfolio: string, kind: ScheduleKind): string {
  return `${tenant}/${portfolio}/${kind}`;
}

/** What a schedule starts. */
export type ScheduledWork =
  | { readonly kind: 'refresh'; readonly input: RefreshInput }
  | { readonly kind: 'retrain'; readonly input: RetrainInput }
  | { readonly kind: 'shadow'; readonly input: ShadowScoreInput }
  | { readonly kind: 'report'; readonly input: RescoreInput }
  | { readonly kind: 'monitor'; readonly input: MonitorInput }
  | { readonly kind: 'retention'; readonly input: RetentionInput }
  | { readonly kind: 'signals'; readonly input: SignalsInput }
  | { readonly kind: 'reconcile'; readonly input: ReconcileInput };

/** The workflow that each kind starts. */
const WORKFLOWS: Readonly<Record<ScheduleKind, string>> = {
  refresh: 'refreshFeatures',
  retrain: 'scheduledRetrain',
  shadow: 'shadowScore',
  report: 'riskReport',
  monitor: 'monitor',
  retention: 'retention',
  signals: 'behaviourSignals',
  reconcile: 'reconcile',
};

/** Creates a schedule, or brings an existing one to this cron and input. Answers whether it is new. */
export async function createSchedule(
  client: Client,
  portfolio: string,
  work: ScheduledWork,
  cron: string = DEFAULT_SCHEDULES[work.kind].cron,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const id = scheduleId(work.input.tenant, portfolio, work.kind);
  const { catchupWindow, overlap } = DEFAULT_SCHEDULES[work.kind];
  const policies = { overlap, catchupWindow, pauseOnFailure: false } as const;
  const spec = { cronExpressions: [cron], timezone: 'UTC' };
  const action = {
    type: 'startWorkflow',
    workflowType: WORKFLOWS[work.kind],
    workflowId: `${work.input.tenant}/scheduled-${work.kind}/${portfolio}`,
    taskQueue: work.input.queues.training,
    args: [work.input],
  } as const;
  try {
    await client.schedule.create({ scheduleId: id, spec, policies, action, memo: { cron } });
    return { id, created: true };
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw invalid(error);
  }
  const handle = client.schedule.getHandle(id);
  await handle.update((previous) => ({ ...previous, spec, policies, action }));
  return { id, created: false };
}

/** The schedules of a tenant's portfolio that exist, described. */
export async function listSchedules(
  client: Client,
  tenant: string,
  portfolio: string,
): Promise<readonly ScheduleView[]> {
  const found: ScheduleView[] = [];
  for (const kind of SCHEDULE_KINDS) {
    const view = await findSchedule(client, tenant, portfolio, kind);
    if (view) found.push(view);
  }
  return found;
}

/** One schedule; NOT_FOUND where it does not exist. */
export async function describeSchedule(
  client: Client,
  tenant: string,
  portfolio: string,
  kind: ScheduleKind,
): Promise<ScheduleView> {
  const view = await findSchedule(client, tenant, portfolio, kind);
  if (view) return view;
  throw missing(kind);
}

/** Pauses or resumes a schedule, with a note of who and why. */
export async function pauseSchedule(
  client: Client,
  tenant: string,
  portfolio: string,
  kind: ScheduleKind,
  paused: boolean,
  note: string,
): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId(tenant, portfolio, kind));
  await orMissing(kind, () => (paused ? handle.pause(note) : handle.unpause(note)));
}

/** Removes a schedule; workflows that it started go on. */
export async function deleteSchedule(
  client: Client,
  tenant: string,
  portfolio: string,
  kind: ScheduleKind,
): Promise<void> {
  await orMissing(kind, () => client.schedule.getHandle(scheduleId(tenant, portfolio, kind)).delete());
}

async function findSchedule(
  client: Client,
  tenant: string,
  portfolio: string,
  kind: ScheduleKind,
): Promise<ScheduleView | null> {
  const id = scheduleId(tenant, portfolio, kind);
  try {
    return toView(id, kind, await client.schedule.getHandle(id).describe());
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

function toView(id: string, kind: ScheduleKind, found: ScheduleDescription): ScheduleView {
  return {
    id,
    kind,
    cron: cronOf(found),
    paused: found.state.paused,
    note: found.state.note ?? null,
    overlap: found.policies.overlap ?? 'SKIP',
    catchupWindowSeconds: Math.round(found.policies.catchupWindow / 1000),
    next: found.info.nextActionTimes.slice(0, 5).map((at) => at.toISOString()),
    recent: found.info.recentActions
      .slice(-5)
      .map((one) => ({ at: one.takenAt.toISOString(), workflowId: one.action.workflow.workflowId })),
    missed: found.info.numActionsMissedCatchupWindow,
  };
}

/** The server answers with the calendar that it made of the cron text; written back as one, so that changes show. */
function cronOf(found: ScheduleDescription): string {
  const calendar = found.raw.schedule?.spec?.structuredCalendar?.[0];
  if (!calendar) return '';
  const field = (
    ranges: readonly { start?: number | null; end?: number | null; step?: number | null }[] | null | undefined,
    full: readonly [number, number],
  ): string => {
    if (!ranges || ranges.length === 0) return '*';
    return ranges
      .map(({ start, end, step }) => {
        const from = start ?? 0;
        const to = Math.max(end ?? 0, from);
        const every = step && step > 1 ? `/${step}` : '';
        if (from === full[0] && to === full[1]) return `*${every}`;
        return to > from ? `${from}-${to}${every}` : String(from);
      })
      .join(',');
  };
  return [
    field(calendar.minute, [0, 59]),
    field(calendar.hour, [0, 23]),
    field(calendar.dayOfMonth, [1, 31]),
    field(calendar.month, [1, 12]),
    field(calendar.dayOfWeek, [0, 6]),
  ].join(' ');
}

async function orMissing(kind: ScheduleKind, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    throw error instanceof ScheduleNotFoundError ? missing(kind) : error;
  }
}

function missing(kind: ScheduleKind): ProbityError {
  return new ProbityError('WORKFLOW_NOT_FOUND', `There is no ${kind} schedule for this portfolio.`, {
    fix: 'Create it with `probity schedules create`.',
  });
}

function invalid(error: unknown): unknown {
  const message = error instanceof Error ? `${error.message} ${messageOf(error.cause)}` : '';
  if (!/cron|spec/i.test(message)) return error;
  return new ProbityError('INVALID_INPUT', 'This is not a cron expression that the server takes.', {
    fix: 'Write minute, hour, day of month, month and day of week, such as "0 2 * * *" (UTC).',
    cause: error,
  });
}
