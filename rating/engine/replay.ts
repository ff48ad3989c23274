import { canonicalJson, ProbityError } from '../../base/index.ts';
import { engineNamed, type Computed, type PartContents } from './engine.ts';
import type { Evidence, EvidenceBasis } from './evidence.ts';

/** Finds the content of a part by its role and hash; throws PART_MISSING. */
export type PartLoader = (role: string, hash: string) => Promise<unknown>;

/** Computes an answer from its basis alone, with the recorded engine and parts. */
export async function recompute(basis: EvidenceBasis, load: PartLoader): Promise<Computed> {
  const engine = engineNamed(basis.engine);
  const contents: Record<string, unknown> = {};
  for (const role of engine.roles) {
    const hash = basis.parts[role];
    if (hash === undefined) throw new ProbityError('EVIDENCE_ALTERED', `The evidence names no ${role}.`);
    contents[role] = await load(role, hash);
  }
  for (const role of engine.optional ?? []) {
    const hash = basis.parts[role];
    if (hash !== undefined) contents[role] = await load(role, hash);
  }
  return engine.compute(basis, contents satisfies PartContents);
}

/** The program that ran the rules' tables when a rating was decided, and the one that runs them here. */
export interface TablePrograms {
  readonly recorded: string;
  readonly installed: string;
}

/** Null where no tables decided. */
function programsOf({ inputs, rules }: Computed): TablePrograms | null {
  if (rules === null || !('decision' in inputs)) return null;
  return { recorded: inputs.decision.tables, installed: rules.engine };
}

/**
 * Recomputes a rating from its evidence, and only then looks at the answer that was given. Throws EVIDENCE_ALTERED where the two are
 * not the same bytes, naming what differs; ENGINE_UNKNOWN and PART_MISSING where it cannot be computed.
 * `tables`: which program ran the rules' tables, then and now; another one now is no failure while the bytes agree.
 */
export async function replay(
  evidence: Evidence,
  load: PartLoader,
): Promise<Computed & { readonly bytes: string; readonly tables: TablePrograms | null }> {
  const computed = await recompute(evidence, load);
  const bytes = canonicalJson(computed.answer);
  const given = canonicalJson(evidence.answer);
  const tables = programsOf(computed);
  if (bytes === given) return { ...computed, bytes, tables };
  const other =
    tables === null || tables.recorded === tables.installed
      ? []
      : [{ at: 'tables', message: `They were run by ${tables.recorded}; here ${tables.installed} runs them.` }];
  throw new ProbityError('EVIDENCE_ALTERED', 'Recomputed from its evidence, the answer is another than was given.', {
    problems: [
      ...differing(computed.answer, evidence.answer).map((at) => ({ at, message: 'It was given otherwise.' })),
      ...other,
    ],
  });
}

/** Names of the top-level entries that differ. */
function differing(a: Evidence['answer'], b: Evidence['answer']): string[] {
  const entries = (value: typeof a): { readonly [key: string]: unknown } =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { [key: string]: unknown }) : {};
  const [left, right] = [entries(a), entries(b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .sort()
    .filter((key) => JSON.stringify(left[key]) !== JSON.stringify(right[key]));
}
