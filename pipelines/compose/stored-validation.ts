import { join } from 'node:path';
import { contentHash, writeFileAtomic, type Json } from '../../base/index.ts';
import type { HazardValidation } from '../../models/hazard/index.ts';
import type { GateOutcome, ValidationReport } from '../../models/validation/index.ts';
import type { Comparison, GateResult } from '../messages.ts';

/** What `validation.json` holds. */
export interface StoredValidation {
  readonly gatesPassed: boolean;
  readonly gates: readonly GateResult[];
  readonly comparison: Comparison;
  /** By age for a term structure. */
  readonly report: ValidationReport | HazardValidation;
}

/** Writes `validation.json` into the folder of a validation, and answers its content hash. */
export async function writeStored(folder: string, validation: StoredValidation): Promise<string> {
  // Through JSON, so that a figure that is not a number (a slope of rows that are separated) is null, as in the file.
  const stored = JSON.parse(JSON.stringify(validation)) as Json;
  await writeFileAtomic(join(folder, 'validation.json'), `${JSON.stringify(stored, null, 2)}\n`);
  return contentHash(stored);
}

/** A gate's answer as the approver reads it, with its power and the smallest departure that it would find. */
export function gateResult(gate: GateOutcome<string>): GateResult {
  const { estimate, minimumDetectableEffect } = gate;
  const number = (x: number) => x.toFixed(3);
  const bounds = [
    gate.atLeast === null ? null : `at least ${gate.atLeast}`,
    gate.atMost === null ? null : `at most ${gate.atMost}`,
  ].filter((bound) => bound !== null);
  const found = estimate
    ? `${number(estimate.value)} (95 % ${number(estimate.low)} to ${number(estimate.high)})`
    : 'too few defaults to measure';
  const least = minimumDetectableEffect === null ? '' : `, least detectable ${number(minimumDetectableEffect)}`;
  const message = `${gate.result}: ${found}, wanted ${bounds.join(' and ')}; power ${gate.power.toFixed(2)}${least}`;
  return { gate: gate.id, passed: gate.result === 'pass', message };
}
