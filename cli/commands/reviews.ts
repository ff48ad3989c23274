import type { Command } from 'commander';
import { instant, ProbityError, systemClock, uuidv7 } from '../../base/index.ts';
import type { CustomerReview, ReviewedTerms } from '../../rating/index.ts';
import { createReviewCalendar, createReviews } from '../../records/reviews/index.ts';
import { withMigrated } from '../records-access.ts';
import { action, command, type CommandContext } from '../command.ts';
import { cliActor } from '../keys-access.ts';
import { PURPOSE_OPTION, recordCliLook, type LookOptions } from '../looks.ts';
import { textTable } from '../terminal/table.ts';

interface ListOptions extends LookOptions {
  readonly queue?: string;
  readonly due?: string;
  readonly closed?: boolean;
}

interface OpenOptions {
  readonly reason: string;
  readonly due?: string;
}

const MOST_LISTED = 1000;

/** `probity reviews`: reviews of customers on record. */
export function reviewsCommand(): Command {
  return command('reviews', 'reviews of customers: list, show, open')
    .addCommand(
      command('list', 'reviews that stand, in the order of their opening')
        .option('--queue <name>', 'only of this queue')
        .option('--due <instant>', 'only those due by then')
        .option('--closed', 'those that were signed off or cancelled instead')
        .option(...PURPOSE_OPTION)
        .action(action<ListOptions>(list)),
    )
    .addCommand(
      command('show', 'one review: what changed, what lapsed, what was done')
        .argument('<review>', 'its id')
        .option(...PURPOSE_OPTION)
        .action(action<LookOptions>(show)),
    )
    .addCommand(
      command('open', 'ask for a review of a customer; the server opens it, on a fresh rating')
        .argument('<customer>', 'the customer id')
        .requiredOption('--reason <text>', 'why, for the record')
        .option('--due <instant>', 'by when (default: as a review that an event opens)')
        .action(action<OpenOptions>(open)),
    );
}

async function list(context: CommandContext, _: readonly string[], options: ListOptions): Promise<void> {
  const project = await context.project();
  const shown = await withMigrated(project, async (database) => {
    const found = await createReviews(database, project.tenant).page({
      queue: options.queue,
      dueBy: options.due === undefined ? undefined : instant(options.due),
      state: options.closed === true ? 'closed' : 'standing',
      limit: MOST_LISTED,
    });
    const reviews = found.map(({ review }) => review);
    await recordCliLook(database, project.tenant, 'listReviews', options, reviews);
    return reviews;
  });
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

async function show(context: CommandContext, [reviewId = '']: readonly string[], options: LookOptions): Promise<void> {
  const project = await context.project();
  const { found, events } = await withMigrated(project, async (database) => {
    const reviews = createReviews(database, project.tenant);
    const one = await reviews.find(reviewId);
    await recordCliLook(database, project.tenant, 'readReview', options, [one]);
    return { found: one, events: await reviews.events(reviewId) };
  });
  if (found === null) throw new ProbityError('UNKNOWN_REVIEW', 'No review with this id is on record.');
  const { review } = found;
  const { changes, decision, entries = [], lapsedDocuments } = review.findings;
  const lines = [
    `review of ${review.customerId} because of ${review.because.join(', ')}: ${review.state}, due ${review.dueAt.slice(0, 10)}`,
    `grade ${gradesOf(review)}`,
    ...changes.map(({ name, before, after }) => `  ${name}: ${String(before)} → ${String(after)}`),
    ...(decision?.causes.added ?? []).map((code) => `  cause ${code}: new`),
    ...(decision?.causes.gone ?? []).map((code) => `  cause ${code}: gone`),
    ...(decision?.terms ? [`  terms: ${termsText(decision.terms.before)} → ${termsText(decision.terms.after)}`] : []),
    ...entries.map(
      ({ kind, entryId, change, knownFrom }) => `  ${kind} ${entryId} ${change} ${knownFrom.slice(0, 10)}`,
    ),
    ...lapsedDocuments.map(({ kind, expiresOn }) => `  document ${kind} expires ${expiresOn}`),
    ...events.map(({ at, event }) => `  ${at}  ${event.kind}${'actor' in event ? ` by ${event.actor}` : ''}`),
  ];
  context.result({ ...review, events }, lines.join('\n'));
}

const termsText = ({ days, prepayment, guaranteeNeeded }: ReviewedTerms): string =>
  `${days} days, ${Math.round(prepayment * 100)} % in advance${guaranteeNeeded ? ', guaranteed' : ''}`;

async function open(
  context: CommandContext,
  [customerId = '']: readonly string[],
  { reason, due }: OpenOptions,
): Promise<void> {
  const at = systemClock.now();
  const dueAt = due === undefined ? null : instant(due);
  if (reason.trim() === '' || (dueAt !== null && dueAt <= at))
    throw new ProbityError('USAGE', 'A review needs a written reason, and a due date that is still to come.');
  const { tenant } = await context.project();
  const asked = { askId: uuidv7(), actor: cliActor(), reason: reason.trim(), at, dueAt };
  await withMigrated(await context.project(), async (database) => {
    const [standing] = await createReviews(database, tenant).page({ customerId, state: 'standing', limit: 1 });
    const entry = standing === undefined ? await createReviewCalendar(database, tenant).ask(customerId, asked) : null;
    if (entry === null)
      throw new ProbityError('REVIEW_REFUSED', 'No review can be opened.', {
        problems: [
          {
            at: 'customer',
            message: standing === undefined ? 'They have no recorded rating.' : 'A review of theirs stands already.',
          },
        ],
      });
  });
  context.result({ customerId, ...asked }, 'asked for; a running server opens it within seconds');
}

const gradesOf = ({ findings: { now, before } }: CustomerReview): string =>
  before === null || before.grade === now.grade ? now.grade : `${before.grade} → ${now.grade}`;
