import type { Countermeasure, WarningHandling } from './handling-schema.ts';
import { daysAfter } from './instants.ts';
import { WARNING_LEVELS, type WarningLevel } from './levels.ts';

/** Whom the record names where policy, not a person, decided. */
export const BY_POLICY = 'policy';

/** A countermeasure of one warning. */
export interface MeasureTaken {
  readonly measureId: string;
  /** As the catalogue names it. */
  readonly code: string;
  readonly by: Countermeasure['by'];
  readonly state: 'proposed' | 'rejected' | 'approved' | 'confirmed' | 'failed' | 'undoing' | 'undone';
  readonly proposedBy: string;
  readonly approvedBy: string | null;
  readonly dueBy: string | null;
  readonly since: string;
  /** Why it was rejected, failed, or is undone. */
  readonly reason: string | null;
  /** How many times it was to be undone; absent: never. */
  readonly undoings?: number;
}

/** States in which an instruction waits to be carried out. */
const UNDER_WAY: readonly MeasureTaken['state'][] = ['approved', 'undoing'];
/** States in which a countermeasure stands, or may come to stand. */
const LIVE: readonly MeasureTaken['state'][] = ['proposed', 'approved', 'confirmed', 'undoing'];

export const isUnderWay = ({ state }: MeasureTaken): boolean => UNDER_WAY.includes(state);
export const isLive = ({ state }: MeasureTaken): boolean => LIVE.includes(state);
/** Whether anything was done, or is on its way to be. */
export const wasTaken = ({ state }: MeasureTaken): boolean => state !== 'proposed' && state !== 'rejected';

/** The catalogue's entry of a code, or undefined. */
export function measureOf(code: string, { measures }: WarningHandling): Countermeasure | undefined {
  return measures.find((each) => each.code === code);
}

/** Whether policy lets a countermeasure run without an approval at an exposure; an unknown exposure needs one. */
export function runsByItself({ automaticUpTo }: Countermeasure, exposure: number | null): boolean {
  return automaticUpTo !== null && exposure !== null && exposure <= automaticUpTo;
}

/** The countermeasures that data recommend against a warning, after those that it has: each at most once. */
export function recommended(
  warningId: string,
  of: {
    readonly code: string;
    readonly level: WarningLevel;
    readonly exposure: number | null;
    readonly before: readonly MeasureTaken[];
  },
  handling: WarningHandling,
  at: string,
): readonly MeasureTaken[] {
  const { code, level, exposure, before } = of;
  const reached = (from: WarningLevel | null): boolean =>
    from === null || WARNING_LEVELS.indexOf(level) >= WARNING_LEVELS.indexOf(from);
  const fitting = handling.responses.find(
    ({ warning, from }) => (warning === null || warning === code) && reached(from),
  );
  const added = (fitting?.measures ?? [])
    .filter((name) => !before.some((each) => each.code === name))
    .flatMap((name) => measureOf(name, handling) ?? [])
    .map((measure, i) => {
      const proposed = proposedMeasure(warningId, before.length + i, measure, BY_POLICY, at);
      return runsByItself(measure, exposure) ? approvedMeasure(proposed, measure, BY_POLICY, at) : proposed;
    });
  return [...before, ...added];
}

export function proposedMeasure(
  warningId: string,
  place: number,
  { code, by }: Countermeasure,
  proposedBy: string,
  at: string,
): MeasureTaken {
  const measureId = `${warningId}.${place + 1}`;
  return { measureId, code, by, state: 'proposed', proposedBy, approvedBy: null, dueBy: null, since: at, reason: null };
}

/** A countermeasure in force that is to be taken back. */
export function undoneMeasure(
  before: MeasureTaken,
  { dueDays }: Pick<Countermeasure, 'dueDays'>,
  reason: string,
  at: string,
): MeasureTaken {
  const undoings = (before.undoings ?? 0) + 1;
  return { ...before, state: 'undoing', dueBy: daysAfter(at, dueDays), since: at, reason, undoings };
}

export function approvedMeasure(
  before: MeasureTaken,
  { dueDays }: Pick<Countermeasure, 'dueDays'>,
  approvedBy: string,
  at: string,
): MeasureTaken {
  return { ...before, state: 'approved', approvedBy, dueBy: daysAfter(at, dueDays), since: at };
}
