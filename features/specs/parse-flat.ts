import { z } from 'zod';
import type { Problem } from '../../base/index.ts';
import { DISPLAYS, type FeatureDeclaration, type FlatSpec, type ObservedAge } from './flat-spec.ts';
import { checkYaml, readYaml, specError } from './parse-yaml.ts';

const column = z.string().min(1, 'name a column');
/** YAML reads 1 and true as number and boolean: a cell's value is compared as text. */
const cell = z
  .union([z.string(), z.number(), z.boolean()], 'give a text or a number')
  .refine(
    (value) => !Number.isInteger(value) || Number.isSafeInteger(value),
    'too many digits for a YAML number: put it in quotes',
  )
  .transform(String);
const cells = z.union([cell.transform((value) => [value]), z.array(cell)], 'give a list of values');
const columns = z.array(column);

const target = z.strictObject(
  {
    column,
    bad: cells,
    good: cells.nullish(),
    kind: z.enum(['default', 'late-payment', 'hazard'], 'must be default, late-payment or hazard').nullish(),
    duration: column.nullish(),
    from: column.nullish(),
    until: column.nullish(),
    lag: z.int('must be a whole number of months').min(0).max(120).nullish(),
    period: z.int('must be a whole number of months').min(1).max(12).nullish(),
  },
  'needs `column` and `bad`',
);

const code = z.union([z.string(), z.number()], 'give a code as text or number');

const feature = z.strictObject({
  name: column,
  type: z.enum(['number', 'category', 'date'], 'must be number, category or date').default('number'),
  missing: z.union([code.transform((value) => [value]), z.array(code)]).nullish(),
  monotone: z.enum(['increasing', 'decreasing'], 'must be increasing or decreasing (of the PD)').nullish(),
  label: z.strictObject({ en: z.string(), 'zh-CN': z.string() }).nullish(),
  display: z.enum(DISPLAYS, 'must be percent, money or yes-no').nullish(),
});

const flat = z.strictObject(
  {
    name: z.string().min(1, 'needs a name'),
    target,
    id: column.nullish(),
    time: column.nullish(),
    exclude: columns.nullish(),
    missing: z.array(cell).nullish(),
    features: z
      .array(feature)
      .min(1, 'list at least one feature, or leave `features` out to have them inferred')
      .nullish(),
    protected: columns.nullish(),
    jurisdiction: z
      .union([z.string().transform((value) => [value]), z.array(z.string()).min(1)], 'give a code, or a list of codes')
      .nullish(),
    permitted: z
      .array(z.strictObject({ column, reason: z.string().trim().min(1, 'say why it may be used') }))
      .nullish(),
    use: z.enum(['benchmark-only'], 'can only be benchmark-only').nullish(),
    weight: column.nullish(),
    group: column.nullish(),
    segment: column.nullish(),
    horizon: z.number().positive('must be a number of months above 0').nullish(),
    rejected: z.string().min(1).nullish(),
  },
  'must be a mapping with `name` and `target`',
);

/** Name of the term that a hazard model has for the age of a row, in months. */
export const AGE_TERM = 'months_on_book';

/**
 * Which kind of spec a YAML text is: `flat` (with `target`) describes one file, `relational` (with `tables`) several; null: neither.
 * Throws INVALID_SPEC where it is no YAML.
 */
export function specKind(text: string, source: { readonly file: string }): 'flat' | 'relational' | null {
  const { value } = readYaml(text, source);
  if (typeof value !== 'object' || value === null) return null;
  return 'tables' in value ? 'relational' : 'target' in value ? 'flat' : null;
}

/**
 * Reads the spec of a flat data set from YAML into its normalised form. Throws INVALID_SPEC with every problem at once, by path and
 * line; an unknown key is refused by name with the nearest known one.
 */
export function parseFlat(text: string, source: { readonly file: string } = { file: 'spec' }): FlatSpec {
  const yaml = readYaml(text, source);
  const parsed = checkYaml(yaml, flat);
  const features = parsed.features ?? null;
  const spec: FlatSpec = {
    name: parsed.name,
    target: {
      column: parsed.target.column,
      bad: parsed.target.bad,
      good: parsed.target.good ?? null,
      ...(parsed.target.kind && parsed.target.kind !== 'default' ? { kind: parsed.target.kind } : {}),
      ...(parsed.target.kind === 'hazard' ? { age: ageOf(parsed.target) } : {}),
    },
    id: parsed.id ?? null,
    time: parsed.time ?? null,
    exclude: parsed.exclude ?? [],
    missing: parsed.missing ?? [],
    features:
      features &&
      features.map((item): FeatureDeclaration => ({
        name: item.name,
        type: item.type,
        codes: (item.missing ?? []).map((value) => codeOf(value, item.type)),
        monotone: item.monotone ?? null,
        label: item.label ?? null,
        ...(item.display ? { display: item.display } : {}),
      })),
    protected: parsed.protected ?? [],
    ...(parsed.jurisdiction ? { jurisdictions: parsed.jurisdiction } : {}),
    ...(parsed.permitted ? { permitted: parsed.permitted } : {}),
    ...(parsed.use ? { use: parsed.use } : {}),
    weight: parsed.weight ?? null,
    group: parsed.group ?? null,
    segment: parsed.segment ?? null,
    horizonMonths: parsed.horizon ?? null,
    rejected: parsed.rejected ?? null,
  };
  const problems = contradictions(spec).map((problem) => ({ ...problem, at: yaml.where(problem.path) }));
  if (problems.length > 0) throw specError(source.file, problems);
  return spec;
}

function ageOf(given: z.infer<typeof target>): ObservedAge {
  return {
    duration: given.duration ?? null,
    from: given.from ?? null,
    until: given.until ?? null,
    lagMonths: given.lag ?? 0,
    periodMonths: given.period ?? 1,
  };
}

function codeOf(value: string | number, type: FeatureDeclaration['type']): string | number {
  if (type === 'category') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

interface Contradiction extends Omit<Problem, 'at'> {
  readonly path: readonly PropertyKey[];
}

/** What the parts of a spec say against each other. */
function contradictions(spec: FlatSpec): Contradiction[] {
  const problems: Contradiction[] = [];
  const add = (path: readonly PropertyKey[], message: string, fix?: string): void =>
    void problems.push({ path, message, ...(fix === undefined ? {} : { fix }) });
  const { bad, good, age } = spec.target;
  if (age) {
    if ((age.duration === null) === (age.from === null || age.until === null))
      add(['target'], 'says no single way how long a row was observed', 'Name `duration`, or `from` and `until`.');
    if (spec.features === null)
      add(['target', 'kind'], 'a hazard model needs `features`: an inferred one may be known only after the end');
    for (const { name } of spec.features ?? [])
      if ([age.duration, age.until, AGE_TERM].includes(name))
        add(['features'], `${name} tells the end; it cannot be a feature`);
  }
  if (bad.length === 0)
    add(['target', 'bad'], 'no value means default', 'List the values of the target that mean default.');
  const both = (good ?? []).filter((value) => bad.includes(value));
  if (both.length > 0) add(['target', 'good'], `${both.join(', ')} cannot be both good and bad`);

  const roles: readonly (readonly [string, string | null])[] = [
    ['target', spec.target.column],
    ['id', spec.id],
    ['time', spec.time],
    ['weight', spec.weight],
    ['group', spec.group],
  ];
  const seen = new Set<string>();
  spec.features?.forEach((feature, i) => {
    const path = ['features', i, 'name'];
    if (seen.has(feature.name)) add(path, `the feature ${feature.name} stands twice`);
    seen.add(feature.name);
    const role = roles.find(([, name]) => name === feature.name);
    if (role) add(path, `${feature.name} is the ${role[0]} column; it cannot be a feature`);
    if (spec.exclude.includes(feature.name)) add(path, `${feature.name} is excluded; it cannot be a feature`);
    if (spec.protected.includes(feature.name)) {
      add(path, `${feature.name} is protected: it is kept for validation and cannot be a feature`);
    }
    if (feature.display && feature.type !== 'number') {
      add(['features', i, 'display'], `${feature.name} is no number`, 'Leave `display` out.');
    }
    if (feature.monotone && feature.type === 'category') {
      add(['features', i, 'monotone'], `${feature.name} is a category and has no order`, 'Leave `monotone` out.');
    }
    if (feature.type !== 'category' && feature.codes.some((code) => !Number.isFinite(code))) {
      add(['features', i, 'missing'], `the codes of ${feature.name} must be finite numbers`);
    }
    if (new Set(feature.codes).size !== feature.codes.length) {
      add(['features', i, 'missing'], `a code of ${feature.name} stands twice`);
    }
  });
  return problems;
}
