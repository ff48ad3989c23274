import { ProbityError, type Problem } from '../../base/index.ts';
import type { FeatureColumnDoc, FeatureView } from './feature-view.ts';

/** A view as its file says, before its dependencies and result columns are checked; it has no hash yet. */
export type ParsedView = Omit<FeatureView, 'hash'>;

const VIEW_KEYS = ['view', 'statistics', 'grain', 'windows', 'tables', 'depends on', 'peers', 'feature'];
const FEATURE_KEYS = ['type', 'unit', 'monotone', 'codes', 'en', 'zh-CN', 'note', 'null'];

/**
 * Parses a view file: the header comment (its documentation, `-- key: value` lines, a feature's own keys indented) and the
 * statement below it. Throws VIEW_INVALID with every problem of the header.
 */
export function parseView(text: string, file: string): ParsedView {
  const lines = text.split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const header = end < 0 ? lines : lines.slice(0, end);
  const sql = end < 0 ? '' : lines.slice(end).join('\n').trim();
  const problems: Problem[] = [];
  const problem = (line: number, message: string): void => {
    problems.push({ at: `${file}:${line}`, message });
  };

  const top = new Map<string, string>();
  const features: { name: string; line: number; entries: Map<string, string> }[] = [];
  header.forEach((line, index) => {
    const content = line.slice(2);
    if (content.trim() === '') return;
    const match = /^( +)([A-Za-z][A-Za-z -]*): *(.*)$/.exec(content);
    if (!match) {
      problem(index + 1, 'A header line reads `-- key: value`.');
      return;
    }
    const [, indent = '', key = '', value = ''] = match;
    const inFeature = indent.length > 1;
    const current = features.at(-1);
    if (inFeature ? !FEATURE_KEYS.includes(key) : !VIEW_KEYS.includes(key))
      problem(index + 1, `\`${key}\` is not a key of a ${inFeature ? 'feature' : 'view'}.`);
    else if (key === 'feature') features.push({ name: value.trim(), line: index + 1, entries: new Map() });
    else if (!inFeature) top.set(key, value.trim());
    else if (current) current.entries.set(key, value.trim());
    else problem(index + 1, `\`${key}\` stands before any feature.`);
  });

  const statistics = top.has('statistics');
  const name = top.get('view') ?? top.get('statistics') ?? '';
  if (!/^[a-z][a-z0-9_]*$/.test(name)) problem(1, 'The first line names the view: `-- view: name`, in a-z, 0-9 and _.');
  for (const key of ['grain', 'windows', 'tables', 'depends on'])
    if (!top.get(key)) problem(1, `The header lacks \`${key}\`.`);
  if (sql === '') problem(header.length, 'There is no statement below the header.');
  if (!statistics && features.length === 0) problem(1, 'The header describes no feature.');
  const names = (key: string) =>
    (top.get(key) ?? 'none')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '' && part !== 'none');
  const docs = features.map((feature) => parseFeature(feature, problem));
  const peers = Number(top.get('peers') ?? Number.NaN);
  if (statistics && !(Number.isInteger(peers) && peers > 0)) problem(1, 'Statistics say how many `peers` they ask.');
  if (problems.length > 0)
    throw new ProbityError('VIEW_INVALID', `The feature view ${name || file} is not valid.`, { problems });
  return {
    name,
    ...(statistics ? { kind: 'statistics', peers } : {}),
    sql,
    tables: names('tables'),
    dependsOn: names('depends on'),
    grain: top.get('grain') ?? '',
    windows: top.get('windows') ?? '',
    features: docs,
  };
}

function parseFeature(
  feature: { name: string; line: number; entries: ReadonlyMap<string, string> },
  problem: (line: number, message: string) => void,
): FeatureColumnDoc {
  const { name, line, entries } = feature;
  if (!/^[a-z][a-z0-9_]*$/.test(name)) problem(line, 'A feature is named in a-z, 0-9 and _.');
  const text = (key: string): string => {
    const value = entries.get(key) ?? '';
    if (value === '') problem(line, `Feature ${name} lacks \`${key}\`.`);
    return value;
  };
  const type = text('type');
  if (type !== 'number' && type !== 'category' && type !== 'flag')
    problem(line, `Feature ${name}: type is number, category or flag.`);
  const monotone = entries.get('monotone') ?? null;
  if (monotone !== null && monotone !== 'increasing' && monotone !== 'decreasing')
    problem(line, `Feature ${name}: monotone is increasing or decreasing (of the PD).`);
  const codes = entries
    .get('codes')
    ?.split(',')
    .map((code) => (type === 'number' ? Number(code) : code.trim()));
  if (codes?.some((code) => typeof code === 'number' && !Number.isFinite(code)))
    problem(line, `Feature ${name}: codes are numbers, separated by commas.`);
  return {
    name,
    type: type as FeatureColumnDoc['type'],
    unit: text('unit'),
    meaning: { en: text('en'), 'zh-CN': text('zh-CN') },
    ...(entries.get('note') ? { note: text('note') } : {}),
    ...(codes ? { codes } : {}),
    nullMeans: text('null'),
    monotone: monotone as FeatureColumnDoc['monotone'],
  };
}
