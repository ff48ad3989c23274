import { factName, featureOfField } from '../decision/index.ts';
import { figure, type Display } from '../reasons/figures.ts';
import type { CellTest, Interval, RuleField, RuleRow, RuleTable, Scalar } from '../rules/index.ts';
import type { RateableModel } from '../model.ts';
import type { Language, Texts } from '../texts.ts';
import { rowOn, type TableFacts } from './criteria.ts';

/** Values of facts as people read them. */
const VALUES: { readonly [value: string]: Texts } = {
  normal: { en: 'normal', 'zh-CN': '正常' },
  downturn: { en: 'downturn', 'zh-CN': '下行' },
  stressed: { en: 'under stress', 'zh-CN': '承压' },
  person: { en: 'person', 'zh-CN': '个人' },
  company: { en: 'company', 'zh-CN': '企业' },
};

interface Said {
  readonly field: RuleField;
  readonly display: Display;
  readonly language: Language;
}

function scalarText(value: Scalar, { display, language }: Said): string {
  if (value === null) return language === 'en' ? 'not known' : '未知';
  if (typeof value === 'boolean') return figure(value ? 1 : 0, 'yes-no', 'nearest', language);
  if (typeof value === 'number') return figure(value, display, 'nearest', language);
  return VALUES[value]?.[language] ?? (language === 'en' ? `“${value}”` : `“${value}”`);
}

/** What a cell accepts, in words: of ranges the one that holds `value`. */
function goodText(tests: readonly CellTest[], value: Scalar, said: Said): string {
  const { field, language } = said;
  const say = (one: Scalar): string => scalarText(one, said);
  if (typeof value !== 'number') {
    const except = tests.find((test) => test.kind === 'values' && test.except);
    if (except?.kind !== 'values' || except.values.length === 0 || field.type === 'boolean') return say(value);
    const named = except.values.map((each) => say(each));
    return language === 'en' ? `anything but ${named.join(' or ')}` : `除${named.join('、')}以外`;
  }
  const { from, fromClosed, to, toClosed } = runAround(tests, value);
  const isLeast = from === -Infinity || (field.min !== null && from <= field.min);
  const least = field.integer && !fromClosed ? Math.floor(from) + 1 : from;
  const most = field.integer && !toClosed ? Math.ceil(to) - 1 : to;
  const low = isLeast
    ? null
    : language === 'en'
      ? fromClosed || field.integer
        ? `${say(least)} or more`
        : `more than ${say(from)}`
      : fromClosed || field.integer
        ? `不低于${say(least)}`
        : `高于${say(from)}`;
  const high =
    to === Infinity
      ? null
      : language === 'en'
        ? toClosed || field.integer
          ? `at most ${say(most)}`
          : `below ${say(to)}`
        : toClosed || field.integer
          ? `不超过${say(most)}`
          : `低于${say(to)}`;
  if (low === null && high === null) return say(value);
  if (least === most && low !== null && high !== null) return say(least);
  return [low, high].filter((part) => part !== null).join(language === 'en' ? ' and ' : '且');
}

/** The stretch of numbers around a value that the cells accept together. */
function runAround(tests: readonly CellTest[], value: number): Interval {
  const all = tests.flatMap((test) => (test.kind === 'numbers' ? test.intervals : []));
  const holds = ({ from, fromClosed, to, toClosed }: Interval, at: number): boolean =>
    (at > from || (fromClosed && at === from)) && (at < to || (toClosed && at === to));
  let run = all.find((each) => holds(each, value)) ?? { from: value, fromClosed: true, to: value, toClosed: true };
  for (let grown = true; grown;) {
    grown = false;
    for (const each of all) {
      if (each.to === run.from && each.from < run.from && (each.toClosed || run.fromClosed)) {
        run = { ...run, from: each.from, fromClosed: each.fromClosed };
        grown = true;
      }
      if (each.from === run.to && each.to > run.to && (each.fromClosed || run.toClosed)) {
        run = { ...run, to: each.to, toClosed: each.toClosed };
        grown = true;
      }
    }
  }
  return run;
}

/** The rows of a table at or above the reference that its field alone leads to, or the one row where it asks for several. */
function goodRows({ fields, rows }: RuleTable, row: RuleRow, reference: number): readonly RuleRow[] {
  return fields.length > 1 ? [row] : rows.filter(({ outputs }) => Number(outputs['points']) >= reference);
}

const SHARES = new Set(['late.pd']);

/** Facts of a criterion that would have to be others: what each is, and what good looks like. */
export function factsText(
  table: RuleTable,
  reference: number,
  facts: ReadonlyMap<string, Scalar>,
  present: TableFacts,
  model: RateableModel,
  label: string,
  language: Language,
): string {
  const row = rowOn(table, { ...present, ...Object.fromEntries(facts) });
  const rows = row === null ? [] : goodRows(table, row, reference);
  const parts = [...facts].map(([name, value]) => {
    const c = table.fields.findIndex((field) => field.name === name);
    const field = table.fields[c] as RuleField;
    const feature = featureOfField(name);
    const term = feature === null ? undefined : model.artefact.model.terms.find((each) => each.name === feature);
    const display: Display = term?.display ?? (SHARES.has(name) ? 'percent' : field.integer ? 'whole' : undefined);
    const said: Said = { field, display, language };
    const good = goodText(
      rows.map(({ tests }) => tests[c] ?? { kind: 'any' }),
      value,
      said,
    );
    const own = factName(field, () => term?.label ?? null)[language];
    const known = scalarText(present[name] ?? null, said);
    const head = table.fields.length === 1 ? '' : language === 'en' ? `${own} ` : own;
    return language === 'en' ? `${head}${known}; good is ${good}` : `${head}${known}；良好水平为${good}`;
  });
  return language === 'en' ? `${label}: ${parts.join(', and ')}.` : `${label}：${parts.join('，且')}。`;
}
