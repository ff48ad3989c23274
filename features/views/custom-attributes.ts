import { identifier, literal } from '../../base/index.ts';
import type { ParsedView } from './parse-view.ts';

/** An attribute of the project's own, as import specs declare it. */
export interface CustomAttribute {
  readonly name: string;
  readonly type: 'number' | 'category';
  readonly label?: { readonly en: string; readonly 'zh-CN': string } | null;
}

/** The view `custom_attributes`: each declared attribute is a feature of the same name, its value as known by then. */
export function customAttributesView(attributes: readonly CustomAttribute[]): ParsedView {
  const sorted = [...attributes].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const columns = sorted.map(({ name, type }) => {
    const value = type === 'number' ? 'number_value' : 'text_value';
    return `max(p.${value}) FILTER (p.name = ${literal(name)}) AS ${identifier(name)}`;
  });
  return {
    name: 'custom_attributes',
    sql: `WITH known AS (
  SELECT asked.party_id, asked.as_of, ${columns.join(', ')}
  FROM asked
  JOIN party_attributes p
    ON p.party_id = asked.party_id
   AND p.known_from <= asked.as_of
   AND asked.as_of < p.known_until
   AND p.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
)
SELECT asked.party_id, asked.as_of, ${sorted.map(({ name }) => `known.${identifier(name)}`).join(', ')}
FROM asked
LEFT JOIN known USING (party_id, as_of)`,
    tables: ['party_attributes'],
    dependsOn: [],
    grain: 'one row per customer and observation date',
    windows: 'as of the observation date',
    features: sorted.map(({ name, type, label }) => ({
      name,
      type,
      unit: 'as imported',
      meaning: label ?? { en: name, 'zh-CN': name },
      nullMeans: 'not given by then',
      monotone: null,
    })),
  };
}
