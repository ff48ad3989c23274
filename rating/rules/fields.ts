import { z } from 'zod';
import type { Texts } from '../texts.ts';
import type { CellType } from './cells.ts';

/** A fact that a table may ask for. */
export interface RuleField {
  /** Path in the facts: `request.amount`, `features.days_late`. */
  readonly name: string;
  readonly type: CellType;
  /** A fact of this decision's end (final grade, final PD), which only limits, terms and warnings can read. */
  readonly late: boolean;
  /** Smallest and largest value of a number; a fact beyond is read as the nearest bound. */
  readonly min: number | null;
  readonly max: number | null;
  /** Whole numbers only; a fact between two is read as the smaller. */
  readonly integer: boolean;
  /** All values of a closed category; null: any text. */
  readonly values: readonly string[] | null;
  /** Whether the fact can be missing. */
  readonly missing: boolean;
  /** What people call a feature, where the rule set says so. */
  readonly label: Texts | null;
}

/** Every fact that the tables of one rule set may ask for, by name. */
export type FieldCatalogue = ReadonlyMap<string, RuleField>;

const declared = z
  .strictObject({
    type: z.enum(['number', 'category', 'boolean']),
    min: z.number().optional(),
    max: z.number().optional(),
    integer: z.boolean().optional(),
    values: z.array(z.string()).min(1).optional(),
    /** What people call it, where no model that has the feature says so. */
    label: z.strictObject({ en: z.string().min(1).max(200), 'zh-CN': z.string().min(1).max(200) }).optional(),
  })
  .superRefine(({ type, min, max, integer, values }, context) => {
    const refuse = (path: string): void =>
      context.addIssue({ code: 'custom', path: [path], message: `A ${type} has none.` });
    if (type !== 'number' && min !== undefined) refuse('min');
    if (type !== 'number' && max !== undefined) refuse('max');
    if (type !== 'number' && integer !== undefined) refuse('integer');
    if (type !== 'category' && values !== undefined) refuse('values');
    if (min !== undefined && max !== undefined && min >= max)
      context.addIssue({ code: 'custom', path: ['max'], message: 'The largest value must be above the smallest.' });
  });

/** `fields.json`: the features that tables may ask for, by name, with the values that they can have. */
export const fieldsFile = z.strictObject({
  features: z.record(
    z
      .string()
      .regex(/^(?!__)[A-Za-z_][A-Za-z0-9_]*$/, 'A feature that a table asks for is named by letters, digits and _.'),
    declared,
  ),
});

export type FieldsFile = z.output<typeof fieldsFile>;

const field = (name: string, type: CellType, more: Partial<RuleField> = {}): RuleField => ({
  name,
  type,
  late: false,
  min: null,
  max: null,
  integer: false,
  values: null,
  missing: true,
  label: null,
  ...more,
});
const sure = { missing: false } as const;
const share = { min: 0, max: 1 } as const;
const amount = { min: 0 } as const;

/** The facts that every decision has, beside features and regimes. Amounts are in major units of the rule set's currency. */
function ownFields(gradeCodes: readonly string[]): RuleField[] {
  const rank = { integer: true, min: 1, max: gradeCodes.length } as const;
  const classes = ['high', 'middle', 'low'];
  return [
    field('request.amount', 'number', amount),
    field('request.termDays', 'number', { min: 0, integer: true }),
    field('request.purpose', 'category'),
    field('customer.kind', 'category', { values: ['person', 'company'] }),
    field('customer.segment', 'category'),
    field('customer.age', 'number', { min: 0, max: 200 }),
    field('customer.sanctionsHit', 'boolean'),
    field('customer.documentsMissing', 'number', { min: 0, integer: true }),
    field('customer.existingExposure', 'number', amount),
    field('customer.overdueAmount', 'number', amount),
    field('guarantee.offered', 'boolean'),
    field('model.pd', 'number', { ...share, ...sure }),
    field('model.grade', 'category', { values: gradeCodes, ...sure }),
    field('model.gradeRank', 'number', { ...rank, ...sure }),
    field('data.knownShare', 'number', { ...share, ...sure }),
    field('data.thin', 'boolean', sure),
    field('data.stale', 'boolean', sure),
    field('data.unusual', 'boolean', sure),
    field('late.pd', 'number', share),
    field('final.pd', 'number', { ...share, ...sure, late: true }),
    field('final.score', 'number', { ...sure, late: true }),
    field('final.grade', 'category', { values: gradeCodes, ...sure, late: true }),
    field('final.gradeRank', 'number', { ...rank, ...sure, late: true }),
    field('final.class', 'category', { values: classes, ...sure, late: true }),
  ];
}

/** All fields of a rule set: our own (grades from the master scale's codes, safest first), the regimes, and the features declared. */
export function fieldCatalogue(
  { features }: FieldsFile,
  gradeCodes: readonly string[],
  regimes: Readonly<Record<'macro' | 'industry', readonly string[]>>,
): FieldCatalogue {
  const all = [
    ...ownFields(gradeCodes),
    field('regime.macro', 'category', { values: regimes.macro, ...sure }),
    field('regime.industry', 'category', { values: regimes.industry, ...sure }),
    ...Object.entries(features).map(([name, { type, min, max, integer, values, label }]) =>
      field(`features.${name}`, type, {
        min: min ?? null,
        max: max ?? null,
        integer: integer ?? false,
        values: values ?? null,
        label: label ?? null,
      }),
    ),
  ];
  return new Map(all.map((one) => [one.name, one]));
}
