import { ProbityError, type Problem } from '../../base/errors.ts';
import { matchProtected, protectedList, type ProtectedMatch } from './attributes.ts';

/** What a project or a spec says about protected attributes. */
export interface ProtectedPolicy {
  /** Whose law applies, by the list's own codes (US, EU, UK, CN); null: not said, so every listed law is looked at. */
  readonly jurisdictions: readonly string[] | null;
  /** Columns that are protected here, whatever their names say. */
  readonly columns: readonly string[];
  /** Columns that may be used though their name matches, and why: a wrong match, or an exception of the law. */
  readonly permitted: readonly { readonly column: string; readonly reason: string }[];
  /** True: the model is a yardstick and never decides, so that it may use any column. */
  readonly benchmarkOnly: boolean;
}

/** Nothing said: every listed law is looked at. */
export const OPEN_POLICY: ProtectedPolicy = { jurisdictions: null, columns: [], permitted: [], benchmarkOnly: false };

export interface ProtectedUse {
  /** `benchmark-only`: the model uses a protected attribute, or was asked to be so; null: it may be approved for decisions. */
  readonly use: 'benchmark-only' | null;
  readonly warnings: readonly { readonly code: string; readonly feature: string | null; readonly message: string }[];
}

/**
 * What a model of these features may be used for. A feature that is a protected attribute makes the model `benchmark-only`, by name in
 * the warnings. Where the jurisdiction is stated and the policy does not say benchmark-only itself, such a training is refused
 * (PROTECTED_ATTRIBUTE), all features at once. A permitted column passes, and its reason stands in the warnings.
 */
export function protectedUse(features: readonly string[], policy: ProtectedPolicy): ProtectedUse {
  refuseUnknown(policy);
  const { jurisdictions: laws } = protectedList();
  const reasons = new Map(policy.permitted.map(({ column, reason }) => [column, reason]));
  const warnings: { code: string; feature: string | null; message: string }[] = [];
  const problems: Problem[] = [];
  for (const feature of features) {
    const found = protectedAs(feature, policy);
    if (found === null) continue;
    const { what, declared, matches } = found;
    const reason = declared ? undefined : reasons.get(feature);
    if (reason !== undefined) {
      warnings.push({ code: 'PROTECTED_PERMITTED', feature, message: `Its name says ${what}; permitted: ${reason}` });
      continue;
    }
    const message = `It is a protected attribute: ${what}. The model is benchmark-only and cannot be approved for decisions.`;
    warnings.push({ code: 'PROTECTED_FEATURE', feature, message });
    const exceptions = matches.flatMap(({ attribute, jurisdictions }) =>
      jurisdictions.flatMap((law) => laws[law]?.exceptions[attribute] ?? []),
    );
    const fix = [
      'Leave it out, or list it under `permitted` with the reason.',
      ...(exceptions.length > 0 ? [`What the law allows: ${exceptions.join(' ')}`] : []),
    ].join(' ');
    problems.push({ at: feature, message: `is ${what}`, fix });
  }
  if (problems.length > 0 && policy.jurisdictions !== null && !policy.benchmarkOnly) {
    throw new ProbityError('PROTECTED_ATTRIBUTE', 'A model for decisions cannot use protected attributes.', {
      problems,
    });
  }
  return { use: policy.benchmarkOnly || problems.length > 0 ? 'benchmark-only' : null, warnings };
}

/** What a column is that is protected, in words, and by what: declared, or by what its name says. */
export interface ProtectedColumn {
  readonly what: string;
  readonly declared: boolean;
  readonly matches: readonly ProtectedMatch[];
}

/** Whether a policy takes a column for a protected one, whatever it permits; null: it does not. */
export function protectedAs(
  column: string,
  { jurisdictions, columns }: Pick<ProtectedPolicy, 'jurisdictions' | 'columns'>,
): ProtectedColumn | null {
  const { jurisdictions: laws, attributes } = protectedList();
  const matches = matchProtected(column, jurisdictions ?? Object.keys(laws));
  const declared = columns.includes(column);
  if (!declared && matches.length === 0) return null;
  const what = declared
    ? 'a column that is declared protected'
    : matches
        .map((each) => `${attributes[each.attribute]?.label.en.toLowerCase()} (${each.jurisdictions.join(', ')})`)
        .join('; ');
  return { what, declared, matches };
}

function refuseUnknown({ jurisdictions }: ProtectedPolicy): void {
  const known = Object.keys(protectedList().jurisdictions);
  const unknown = (jurisdictions ?? []).filter((code) => !known.includes(code));
  if (unknown.length === 0) return;
  throw new ProbityError('INVALID_SPEC', 'There is no list of protected attributes for this jurisdiction.', {
    problems: unknown.map((code) => ({ at: 'jurisdiction', message: `\`${code}\` is not known` })),
    fix: `One of ${known.join(', ')}.`,
  });
}
