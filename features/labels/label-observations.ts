import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST, VARCHAR, listValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { ProbityError } from '../../base/errors.ts';
import { packageRoot } from '../../base/files.ts';
import type { Instant } from '../../base/instant.ts';
import type { LabelPolicy } from '../../base/project.ts';

/** What became of an observation; only `bad` and `good` teach. */
export type Label = 'bad' | 'good' | 'immature' | 'in_default' | 'indeterminate' | 'unknown';

export interface LabelOptions {
  readonly policy: LabelPolicy;
  /** Relation with `party_id` and `as_of`: a table's name or a parenthesised query. */
  readonly asked: string;
  /** The data's end: what was learned after it is not known, and a window that ends after it has not closed. */
  readonly cutoff: Instant;
  /** Days after its end until a window counts as closed, for sources that tell outcomes late; 0 unless told. */
  readonly reportingDays?: number;
  /** Schema of the raw tables; `raw` unless told. */
  readonly schema?: string;
  /** Table to make (replaced where it exists): party_id, as_of, window_end, outcome_at, label. */
  readonly into: string;
}

/** How many observations got each label. */
export type LabelCounts = { readonly [label in Label]: number };

export interface LabelReport {
  readonly asked: number;
  readonly counts: LabelCounts;
  /** The same by month of observation (`2025-01`), ascending: what was left out, and why, vintage by vintage. */
  readonly vintages: readonly { readonly vintage: string; readonly asked: number; readonly counts: LabelCounts }[];
  /** Where default events came from. */
  readonly source: 'outcomes' | 'invoices';
}

/**
 * Labels each asked (customer, observation date) by a default definition. An observation whose performance window has not closed by
 * the cut-off is `immature` whatever its outcome so far, since early defaults would else be counted and their survivors not; one that
 * is in default already is `in_default`. By days past due, events come from the outcomes; where none of them tells days past due,
 * from unpaid invoices. By late payment, events come from invoices and payments, and earlier lateness excludes nobody. By status, the label is the status on one day, and windows are closed where they end by that day.
 */
export async function labelObservations(connection: DuckDBConnection, options: LabelOptions): Promise<LabelReport> {
  const { policy, asked, cutoff, into, reportingDays = 0, schema = 'raw' } = options;
  const raw = (table: string): string => `${schema}.${table}`;
  if (policy.default.kind === 'late') {
    const relations = { invoices: raw('invoices'), payments: raw('payments'), asked };
    const sql = await statement('by_late_payment', relations);
    await run(connection, `CREATE OR REPLACE TABLE ${into} AS ${sql}`, {
      cutoff,
      days: policy.default.days,
      months: policy.horizonMonths,
      reporting: reportingDays,
    });
    return { ...(await countLabels(connection, into)), source: 'invoices' };
  }
  const days = policy.default.kind === 'dpd' ? policy.default.daysPastDue : 0;
  const source =
    policy.default.kind === 'status' || (await tellsDaysPastDue(connection, schema)) ? 'outcomes' : 'invoices';
  const events =
    source === 'outcomes'
      ? await statement('events', { outcomes: raw('outcomes') })
      : await statement('events_from_invoices', { invoices: raw('invoices'), payments: raw('payments') });
  await run(connection, `CREATE OR REPLACE TEMP TABLE label_events AS ${events}`, { cutoff, days });
  const months = policy.horizonMonths;
  if (policy.default.kind === 'dpd') {
    const sql = await statement('by_days_past_due', { events: 'temp.label_events', asked });
    await run(connection, `CREATE OR REPLACE TABLE ${into} AS ${sql}`, {
      cutoff,
      days,
      months,
      reporting: reportingDays,
    });
  } else {
    const sql = await statement('by_status', { events: 'temp.label_events', asked });
    const { bad, good, observedAt } = policy.default;
    const lists = { bad: listValue([...bad]), good: listValue([...good]) };
    await run(connection, `CREATE OR REPLACE TABLE ${into} AS ${sql}`, {
      cutoff,
      months,
      observed: observedAt,
      ...lists,
    });
  }
  await connection.run('DROP TABLE temp.label_events');
  return { ...(await countLabels(connection, into)), source };
}

/** How observations are followed by age, beside what labels need. */
export interface FollowOptions extends LabelOptions {
  /** Months of one step of age; they are followed for `policy.horizonMonths`. */
  readonly stepMonths: number;
}

/**
 * Labels each asked (customer, observation date) by how long it was seen: `bad` where it defaulted in a step of age that had closed by the cut-off, `good` where
 * it was seen through so many whole steps without, `immature` where no step has closed, `in_default` where it is in default already. The table has `steps` beside: the step of
 * the default, or the last one seen through. Throws INVALID_SPEC for a definition without dates of defaults.
 */
export async function followObservations(connection: DuckDBConnection, options: FollowOptions): Promise<LabelReport> {
  const { policy, cutoff, into, stepMonths, reportingDays = 0 } = options;
  if (policy.default.kind !== 'dpd')
    throw new ProbityError('INVALID_SPEC', 'A term structure needs the dates of defaults; this definition has none.', {
      fix: 'Define default by days past due: `labels: { default: { kind: dpd, daysPastDue: 90 } }`.',
    });
  const { source } = await labelObservations(connection, options);
  const sql = await statement('by_age', { labels: into });
  await run(connection, `CREATE OR REPLACE TABLE ${into} AS ${sql}`, {
    cutoff,
    step: stepMonths,
    steps: Math.floor(policy.horizonMonths / stepMonths),
    reporting: reportingDays,
  });
  return { ...(await countLabels(connection, into)), source };
}

async function countLabels(connection: DuckDBConnection, into: string): Promise<Omit<LabelReport, 'source'>> {
  const reader = await connection.runAndReadAll(
    `SELECT strftime(as_of, '%Y-%m'), label, count(*)::INTEGER FROM ${into} GROUP BY ALL ORDER BY ALL`,
  );
  const vintages = new Map<string, { [label in Label]: number }>();
  const total = noLabels();
  for (const [vintage, label, count] of reader.getRows() as [string, Label, number][]) {
    const counts = vintages.get(vintage) ?? noLabels();
    counts[label] += count;
    total[label] += count;
    vintages.set(vintage, counts);
  }
  const sum = (counts: LabelCounts): number => Object.values(counts).reduce((a, b) => a + b, 0);
  return {
    asked: sum(total),
    counts: total,
    vintages: [...vintages].map(([vintage, counts]) => ({ vintage, asked: sum(counts), counts })),
  };
}

const noLabels = () => ({ bad: 0, good: 0, immature: 0, in_default: 0, indeterminate: 0, unknown: 0 });

async function tellsDaysPastDue(connection: DuckDBConnection, schema: string): Promise<boolean> {
  const tables = await connection.runAndReadAll(
    'SELECT table_name FROM information_schema.tables WHERE table_schema = $schema',
    { schema: schema.split('.').at(-1) ?? schema },
  );
  const names = tables.getRows().map(([name]) => name);
  if (!names.includes('invoices')) return true;
  if (!names.includes('outcomes')) return false;
  const reader = await connection.runAndReadAll(
    `SELECT EXISTS (SELECT 1 FROM ${schema}.outcomes WHERE days_past_due IS NOT NULL) OR NOT EXISTS (SELECT 1 FROM ${schema}.invoices)`,
  );
  return reader.getRows()[0]?.[0] === true;
}

async function statement(name: string, relations: { readonly [name: string]: string }): Promise<string> {
  const sql = await readFile(join(packageRoot(), 'features', 'labels', 'sql', `${name}.sql`), 'utf8');
  return Object.entries(relations).reduce((text, [key, relation]) => text.replaceAll(`{${key}}`, relation), sql);
}

/** Runs with those of the values that the statement names. */
async function run(
  connection: DuckDBConnection,
  sql: string,
  values: { readonly [name: string]: DuckDBValue },
): Promise<void> {
  const used = Object.fromEntries(Object.entries(values).filter(([name]) => new RegExp(`\\$${name}\\b`).test(sql)));
  const lists = Object.keys(used).filter((name) => name === 'bad' || name === 'good');
  await connection.run(sql, used, Object.fromEntries(lists.map((name) => [name, LIST(VARCHAR)])));
}
