import { canonicalJson, ProbityError, sha256, type Json } from '../../base/index.ts';
import { z } from 'zod';

export const EVIDENCE_FORMAT = 'probity.evidence/1';

/** Content hashes of what a rating was computed with, by role: `model`, `standards`, ... */
export type PartHashes = { readonly [role: string]: string };

/** All that an answer follows from: which engine, on which inputs, with which parts. */
export interface EvidenceBasis {
  readonly engine: string;
  readonly inputs: Json;
  readonly parts: PartHashes;
}

/** A rating as evidence: its basis, and the answer that was given. */
export interface Evidence extends EvidenceBasis {
  readonly answer: Json;
}

const schema = z.strictObject({
  format: z.literal(EVIDENCE_FORMAT),
  engine: z.string(),
  inputs: z.unknown(),
  parts: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
  answer: z.unknown(),
});

/** The bytes of an evidence: its canonical JSON; `inputsText`, where it is known already, is that of the inputs. */
export function evidenceText(evidence: Evidence, inputsText: string = canonicalJson(evidence.inputs)): string {
  const { engine, parts, answer } = evidence;
  const [first, second] = [
    `{"answer":${canonicalJson(answer)},"engine":${JSON.stringify(engine)}`,
    canonicalJson(parts),
  ];
  return `${first},"format":"${EVIDENCE_FORMAT}","inputs":${inputsText},"parts":${second}}`;
}

/** Reads stored evidence; throws EVIDENCE_ALTERED where it is none. */
export function parseEvidence(text: string): Evidence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ProbityError('EVIDENCE_ALTERED', 'What is stored is not the evidence of a rating.');
  const { engine, inputs, parts, answer } = parsed.data;
  // Both come from JSON.parse, and stay the very objects: a copy could lose a feature named __proto__.
  return { engine, inputs: inputs as Json, parts, answer: answer as Json };
}

/** What every answer says of its own basis, so that another engine, input or part can never give the same answer. */
export function basisOf({ engine, parts }: EvidenceBasis, inputsText: string): { readonly [key: string]: Json } {
  return { engine, inputs: sha256(inputsText), parts };
}
