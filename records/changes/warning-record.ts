import { z } from 'zod';
import { canonicalJson, sha256 } from '../../base/index.ts';
import type { EarlyWarning, Instruction } from '../../rating/index.ts';
import type { NewRecord } from '../audit/index.ts';
import type { ChangeContent } from './change.ts';

const trigger = z.object({
  format: z.literal('probity.trigger/1'),
  customerId: z.string(),
  code: z.string(),
  raised: z.boolean(),
});
const instruction = z.object({
  format: z.literal('probity.instruction/1'),
  customerId: z.string(),
  instruction: z.object({
    /** Absent from records of before 2026-11-27: then named by countermeasure and action. */
    instructionId: z.string().optional(),
    measureId: z.string(),
    warningId: z.string(),
    measure: z.string(),
    action: z.enum(['carry-out', 'undo']),
    exposure: z.number().nullable(),
    dueBy: z.string().nullable(),
  }),
});

/** What a record that a warning made tells as a change; null where it is none that can be read. */
export function warningRecord(text: string): { readonly customerId: string; readonly content: ChangeContent } | null {
  const parsed = z.discriminatedUnion('format', [trigger, instruction]).safeParse(json(text));
  if (!parsed.success) return null;
  const { data } = parsed;
  const { customerId } = data;
  if (data.format === 'probity.instruction/1') {
    const { measureId, action } = data.instruction;
    const after = { ...data.instruction, instructionId: data.instruction.instructionId ?? `${measureId}/${action}` };
    return { customerId, content: { type: 'instruction', before: null, after } };
  }
  const { code, raised } = data;
  const before = raised ? null : { code, raised: true };
  return { customerId, content: { type: 'warning', before, after: { code, raised } } };
}

/** The record that puts an instruction to the ERP into the chain, once. */
export function instructionRecord(subject: string, { instructionId, customerId, ...told }: Instruction): NewRecord {
  const body = canonicalJson({
    format: 'probity.instruction/1',
    customerId,
    instruction: { instructionId, ...told },
  });
  return recordOf('instruction', subject, `instruction ${instructionId}`, body);
}

/** The record that a trigger was raised, or is gone, which no rating tells of: once for each warning. */
export function triggerRecord(subject: string, warning: EarlyWarning, raised: boolean): NewRecord {
  const { warningId, customerId, code } = warning;
  const body = canonicalJson({ format: 'probity.trigger/1', warningId, customerId, code, raised });
  return recordOf('trigger', subject, `trigger ${warningId} ${raised ? 'raised' : 'gone'}`, body);
}

// A space keeps these keys apart from those of callers, which have none. What was told first stands, whatever the warning says by the time that it is told again.
function recordOf(kind: string, subject: string, key: string, text: string): NewRecord {
  return { kind, subject, body: Buffer.from(text), once: { key, fingerprint: sha256(key) } };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
