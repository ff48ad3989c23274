import { z } from 'zod';
import { canonicalJson, sha256 } from '../../base/index.ts';
import type { Alert, WarningLevel } from '../../rating/index.ts';
import type { NewRecord } from '../audit/index.ts';
import type { AlertState } from './change.ts';

const LEVELS = ['watch', 'warning', 'critical'] as const satisfies readonly WarningLevel[];

const body = z.object({
  format: z.literal('probity.alert/1'),
  customerId: z.string().nullable(),
  alert: z.object({
    kind: z.enum(['warning', 'monitoring', 'reconciliation']),
    cause: z.enum(['escalated', 'alarm', 'left']),
    about: z.string(),
    level: z.enum(LEVELS),
    code: z.string(),
  }),
});

/** What a record of an alert says; null: it is none that can be read. */
export function alertRecord(text: string): { readonly customerId: string | null; readonly alert: AlertState } | null {
  const parsed = body.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}

/**
 * The record by which systems are told what people are alerted to, once whoever of them is; null for alerts that other changes tell of, or that are about
 * channels and reports. `subject`: the pseudonym of the customer, null where it is about none.
 */
export function recordOfAlert(subject: string | null, alert: Alert): NewRecord | null {
  const { kind, cause, about, level, customerId, facts } = alert;
  const told = body.shape.alert.safeParse({ kind, cause, about, level, code: facts.code });
  if (!told.success) return null;
  // A warning escalates more than once; each has one recipient. A space keeps these keys apart from those of callers, which have none.
  const key = `alert ${kind} ${kind === 'warning' ? alert.alertId : about}`;
  const text = canonicalJson({ format: 'probity.alert/1', customerId, alert: told.data });
  return { kind: 'alert', subject, body: Buffer.from(text), once: { key, fingerprint: sha256(key) } };
}
