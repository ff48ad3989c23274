import { z } from 'zod';
import { jdmFile, type RuleFiles } from '../rules/index.ts';
import { levelOf, worstLevel } from './levels.ts';
import type { NewWarning } from './warning.ts';

const evidenceSchema = z.object({
  inputs: z.object({
    request: z.object({ customerId: z.string() }),
    decision: z.object({
      facts: z.object({ existingExposureMinor: z.number().nullable(), segment: z.string().nullable() }),
    }),
  }),
  parts: z.object({ rules: z.string() }),
  answer: z.object({
    decision: z.object({
      currency: z.object({ minorDigits: z.int() }),
      pd: z.number(),
      grade: z.string(),
      warnings: z.array(z.object({ code: z.string(), table: z.string(), row: z.string() })),
    }),
  }),
});

/** What the evidence of a decision says about early warnings. */
export interface TriggeringEvidence {
  /** Hash of the rule set under which the decision was made. */
  readonly rules: string;
  /** The warning of a code, by the severity that its row has in these rules; null: the decision has none of this code. */
  trigger(
    code: string,
    rating: { readonly ratingId: string; readonly at: string },
    rules: RuleFiles,
  ): NewWarning | null;
}

/** Reads the evidence of a decision about a customer; null where it is none. */
export function triggeringEvidence(evidence: string): TriggeringEvidence | null {
  const parsed = evidenceSchema.safeParse(json(evidence));
  if (!parsed.success) return null;
  const { inputs, parts, answer } = parsed.data;
  const { currency, pd, grade, warnings } = answer.decision;
  const { existingExposureMinor, segment } = inputs.decision.facts;
  return {
    rules: parts.rules,
    trigger(code, { ratingId, at }, rules) {
      const rows = warnings.filter((each) => each.code === code);
      if (rows.length === 0) return null;
      const levels = rows.map(({ table, row }) => levelOf(severityOf(rules, table, row)));
      return {
        warningId: `${ratingId}-${code.toLowerCase().replaceAll('_', '-')}`,
        customerId: inputs.request.customerId,
        segment,
        code,
        sighting: {
          ratingId,
          level: worstLevel(levels),
          exposure: existingExposureMinor === null ? null : existingExposureMinor / 10 ** currency.minorDigits,
          pd,
          grade,
          at,
        },
      };
    },
  };
}

type Severity = 'info' | 'warning' | 'critical';

/** The severity that a row of a warning table gives; a row that says nothing known is for watching. */
function severityOf(rules: RuleFiles, table: string, row: string): Severity {
  const { nodes } = jdmFile.parse(rules['warnings.json']);
  const node = nodes.find((each) => each.type === 'decisionTableNode' && each.name === table);
  if (node?.type !== 'decisionTableNode') return 'info';
  const column = node.content.outputs.find(({ field }) => field === 'severity')?.id ?? '';
  const cell = json(node.content.rules.find(({ _id }) => _id === row)?.[column] ?? '');
  return cell === 'warning' || cell === 'critical' ? cell : 'info';
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
