import type { Scalar } from '../rules/index.ts';
import type { FactSources } from './facts.ts';
import { minorOf } from './money.ts';

type Changed = Pick<FactSources, 'values' | 'request' | 'facts'>;

/**
 * What a decision is asked on, with facts changed by their field; amounts in major units, as tables read them, known as minor ones (rounded down).
 * Facts that follow from others (`model.*`, `data.*`, `regime.*`, `late.*`, `final.*`) are no one's to change, and left as they are.
 */
export function changedInput<Input extends Changed>(
  input: Input,
  changes: ReadonlyMap<string, Scalar>,
  minorDigits: number,
): Input {
  const values: Record<string, number | string | null | undefined> = { ...input.values };
  const request: Record<string, unknown> = { ...input.request };
  const facts: Record<string, unknown> = { ...input.facts };
  for (const [field, value] of changes) {
    const minor = (): number | null => (value === null ? null : minorOf(value as number, minorDigits));
    if (field.startsWith('features.')) values[field.slice('features.'.length)] = value as number | string | null;
    else if (field === 'request.amount') request['amountMinor'] = minor();
    else if (field.startsWith('request.')) request[field.slice('request.'.length)] = value;
    else if (field === 'customer.overdueAmount') facts['overdueMinor'] = minor();
    else if (field === 'customer.existingExposure') facts['existingExposureMinor'] = minor();
    else if (field === 'customer.documentsMissing')
      facts['documentsMissing'] = (input.facts.documentsMissing ?? []).slice(0, value as number);
    else if (field.startsWith('customer.')) facts[field.slice('customer.'.length)] = value;
    else if (field === 'guarantee.offered') facts['guaranteeOffered'] = value;
  }
  return {
    ...input,
    values,
    request: request as unknown as Input['request'],
    facts: facts as unknown as Input['facts'],
  };
}
