import type { Command } from 'commander';
import { instant, ProbityError, type Project } from '../../base/index.ts';
import type { CustomerReview } from '../../rating/index.ts';
import { migrate, openDatabase } from '../../records/database/index.ts';
import { createReviews, type Reviews } from '../../records/reviews/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { resolveDatabase } from '../stack/services.ts';
import { textTable } from '../terminal/table.ts';

interface ListOptions {
  readonly queue?: string;
  readonly due?: string;
  readonly closed?: boolean;
}

const MOST_LISTED = 1000;

/** `probity reviews`: reviews of customers on record. */
export function reviewsCommand(): Command {
  return command('reviews', 'reviews of customers: list, show')
    .addCommand(
      command('list', 'reviews that stand, in the order of their opening')
        .option('--queue <name>', 'only of this queue')
        .option('--due <instant>', 'only those due by then')
        .option('--closed', 'those that were signed off or cancelled instead')
        .action(action<ListOptions>(list)),
    )
    .addCommand(
      command('show', 'one review: what changed, what lapsed, what was done')
        .argument('<review>', 'its id')
        .action(action(show)),
    );
}

async function list(context: CommandContext, _: readonly string[], options: ListOptions): Promise<void> {
  const project = await context.project();
  const found = await withReviews(project, (reviews) =>
    reviews.page({
      queue: options.queue,
      dueBy: options.due === undefined ? undefined : instant(options.due),
      state: options.closed === true ? 'closed' : 'standing',
      limit: MOST_LISTED,
    }),
  );
  const shown = found.map(({ review }) => review);
  const table = textTable(
    ['review', 'customer', 'because', 'grade', 'state', 'queue', 'due'],
    shown.map((each) => [
      each.reviewId,
      each.customerId,
      each.because.join(', '),
      gradesOf(each),
      each.conclusion ?? each.state,
      each.queue,
      each.dueAt.slice(0, 10),
    ]),
  );
  context.result(shown, shown.length === 0 ? 'No review.' : table);
}

async function show(context: CommandContext, [reviewId = '']: readonly string[]): Promise<void> {
  const project = await context.project();
  const { found, events } = await withReviews(project, async (reviews) => ({
    found: await reviews.find(reviewId),
    events: await reviews.events(reviewId),
  }));
  if (found === null) throw new ProbityError('UNKNOWN_REVIEW', 'No review with this id is on record.');
  const { review } = found;
  const { changes, lapsedDocuments } = review.findings;
  const lines = [
    `review of ${review.customerId} because of ${review.because.join(', ')}: ${review.state}, due ${review.dueAt.slice(0, 10)}`,
    `grade ${gradesOf(review)}`,
    ...changes.map(({ name, before, after }) => `  ${name}: ${String(before)} → ${String(after)}`),
    ...lapsedDocuments.map(({ kind, expiresOn }) => `  document ${kind} expires ${expiresOn}`),
    ...events.map(({ at, event }) => `  ${at}  ${event.kind}${'actor' in event ? ` by ${event.actor}` : ''}`),
  ];
  context.result({ ...review, events }, lines.join('\n'));
}

const gradesOf = ({ findings: { now, before } }: CustomerReview): string =>
  before === null || before.grade === now.grade ? now.grade : `${before.grade} → ${now.grade}`;

async function withReviews<T>(project: Project, work: (reviews: Reviews) => Promise<T>): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project));
  try {
    await migrate(database);
    return await work(createReviews(database, project.tenant));
  } finally {
    await database.close();
  }
}
