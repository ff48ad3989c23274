import type { FeatureTerm } from '../../models/artefact/index.ts';
import type { ValuePart } from '../../models/binning/index.ts';
import { numberOf } from '../../models/scoring/index.ts';

/** What a value must be compared with to know what it is: the feature's type, its special codes and its categories. */
export interface ValueDomain {
  readonly type: FeatureTerm['type'];
  readonly codes: readonly (number | string)[];
  readonly levels: readonly string[];
}

/** Whether a value, as an application gives it, is of one of these parts; what is not understood is missing. */
export function isOfParts(
  value: number | string | null | undefined,
  parts: readonly ValuePart[],
  domain: ValueDomain,
): boolean {
  const known = normal(value, domain.type);
  const isCode = known !== null && domain.codes.includes(known);
  return parts.some((part) => {
    if (part.kind === 'missing') return known === null;
    if (part.kind === 'code') return known === part.value;
    if (known === null || isCode) return false;
    if (part.kind === 'level') return known === part.value;
    if (part.kind === 'other') return !domain.levels.includes(String(known));
    const number = Number(known);
    return (part.from === null || number >= part.from) && (part.below === null || number < part.below);
  });
}

function normal(value: number | string | null | undefined, type: ValueDomain['type']): number | string | null {
  if (value === null || value === undefined || value === '' || Number.isNaN(value)) return null;
  if (type === 'category') return String(value);
  const number = numberOf(value, type);
  return number === undefined || Number.isNaN(number) ? null : number + 0;
}
