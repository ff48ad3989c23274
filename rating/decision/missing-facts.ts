import type { FeatureValues } from '../../models/artefact/index.ts';
import { columnsRead, ruleTablesOf, type RuleField, type RuleSet, type TableKind } from '../rules/index.ts';
import type { Texts } from '../texts.ts';
import type { Decision } from './decision.ts';
import { factName } from './fact-names.ts';

/** What of a rule set read a fact: a table of a kind, or the data beside the tables (`decision.json`, `loss.json`). */
export interface FactReader {
  readonly kind: TableKind | 'cutoffs' | 'loss';
  readonly table: string;
}

/** A fact that the rules of a decision read and did not find. */
export interface MissingFact {
  readonly field: string;
  readonly label: Texts;
  readonly readBy: readonly FactReader[];
}

/** Which facts a rule set reads, whatever the customer; the base of a limit depends on the row. */
interface FieldsRead {
  readonly field: RuleField;
  readonly readBy: readonly FactReader[];
}

/**
 * The facts that the rules of a decision read and did not find, with what read them: columns that a table has a cell for, the base of the limit's own row, the exposure that is taken off
 * the limit, the segment of cutoffs and losses, the guarantee of the loss, and the industry behind its regime. A function of what evidence holds, so that any later reading finds the same;
 * it is no part of the stored answer. The risk of late payment is no item of these: a model of ours tells it, or there is none. What the model lacks is `Decision.missing.features`.
 */
export function missingFacts(
  { facts, limit }: Pick<Decision, 'facts' | 'limit'>,
  values: FeatureValues,
  set: RuleSet,
  labelInModel: (feature: string) => Texts | null,
): readonly MissingFact[] {
  const isMissing = ({ name }: RuleField): boolean =>
    Object.hasOwn(facts, name) ? facts[name] === null : (values[name.slice('features.'.length)] ?? null) === null;
  const found = new Map<string, { readonly field: RuleField; readonly readBy: FactReader[] }>();
  for (const { field, readBy } of fieldsRead(set))
    if (isMissing(field)) found.set(field.name, { field, readBy: [...readBy] });
  const base = limit.base === null ? undefined : set.fields.get(limit.base.field);
  if (limit.base?.value === null && base !== undefined) {
    const reader = { kind: 'limits', table: set.limits.name } as const;
    const known = found.get(base.name);
    if (known === undefined) found.set(base.name, { field: base, readBy: [reader] });
    else if (!known.readBy.some(({ kind }) => kind === 'limits')) known.readBy.push(reader);
  }
  return [...found.values()].map(({ field, readBy }) => ({
    field: field.name,
    label: factName(field, labelInModel),
    readBy,
  }));
}

/** What a model of ours gives, where one of late payment is live: nothing that anybody could bring. */
const OWN = 'late.pd';

const read = new WeakMap<RuleSet, readonly FieldsRead[]>();

function fieldsRead(set: RuleSet): readonly FieldsRead[] {
  let known = read.get(set);
  if (known === undefined) read.set(set, (known = workedOut(set)));
  return known;
}

function workedOut(set: RuleSet): readonly FieldsRead[] {
  const found = new Map<string, { readonly field: RuleField; readonly readBy: FactReader[] }>();
  const add = (field: RuleField | undefined, reader: FactReader): void => {
    if (field === undefined || !field.missing || field.name === OWN) return;
    const known = found.get(field.name);
    if (known === undefined) found.set(field.name, { field, readBy: [reader] });
    else if (!known.readBy.some(({ kind, table }) => kind === reader.kind && table === reader.table))
      known.readBy.push(reader);
  };
  const industry = industryField(set);
  for (const { kind, table } of ruleTablesOf(set))
    for (const { field } of columnsRead(table))
      add(field.name === 'regime.industry' ? industry : field, { kind, table: table.name });
  const { cutoffs } = set.decision;
  const { otherwise, segments } = set.loss;
  add(set.fields.get('customer.existingExposure'), { kind: 'limits', table: set.limits.name });
  if (Object.keys(cutoffs.segments).length > 0)
    add(set.fields.get('customer.segment'), { kind: 'cutoffs', table: 'cutoffs' });
  if (Object.keys(segments).length > 0) add(set.fields.get('customer.segment'), { kind: 'loss', table: 'loss' });
  if ([otherwise, ...Object.values(segments)].some(({ lgd, lgdGuaranteed }) => lgd !== lgdGuaranteed))
    add(set.fields.get('guarantee.offered'), { kind: 'loss', table: 'loss' });
  return [...found.values()];
}

/** The feature that tells a customer's industry, whether or not tables may ask for it themselves. */
function industryField({ fields, regimes: { industry } }: RuleSet): RuleField | undefined {
  if (industry.feature === null) return undefined;
  const name = `features.${industry.feature}`;
  const plain = fields.get('regime.industry');
  return fields.get(name) ?? (plain === undefined ? undefined : { ...plain, name, values: null, missing: true });
}
