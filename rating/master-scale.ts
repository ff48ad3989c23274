import { ProbityError } from '../base/index.ts';
import { z } from 'zod';
import { parseData } from './parse-data.ts';
import type { Texts } from './texts.ts';

export type GradeClass = 'high' | 'middle' | 'low';

/** One grade: its PDs run from the bound of the grade before (inclusive) to `pdBelow` (exclusive; the last one holds 1 too). */
export interface Grade {
  readonly code: string;
  readonly pdBelow: number;
  readonly class: GradeClass;
  readonly name: Texts;
}

/** A master scale: grades from safest to riskiest, for PDs of one horizon. */
export interface MasterScale {
  readonly name: string;
  readonly version: number;
  readonly horizonMonths: number;
  readonly grades: readonly Grade[];
}

/** The grade of a PD, with the bounds that it lies in. */
export interface GradeOfPd extends Omit<Grade, 'pdBelow'> {
  readonly pdFrom: number;
  readonly pdBelow: number;
}

const schema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    horizonMonths: z.int().min(1).max(600),
    grades: z
      .array(
        z.strictObject({
          code: z.string().min(1),
          pdBelow: z.number().gt(0).max(1),
          class: z.enum(['high', 'middle', 'low']),
          name: z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) }),
        }),
      )
      .min(1),
  })
  .superRefine(({ grades }, context) => {
    const seen = new Set<string>();
    grades.forEach((grade, i) => {
      const complain = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: ['grades', i, field], message });
      if (seen.has(grade.code)) complain('code', 'This code stands twice.');
      seen.add(grade.code);
      if (i > 0 && grade.pdBelow <= (grades[i - 1]?.pdBelow ?? 0)) complain('pdBelow', 'Bounds must ascend.');
      if (i === grades.length - 1 && grade.pdBelow !== 1) complain('pdBelow', 'The last bound must be 1.');
    });
  });

/** Reads a master scale from data; throws INVALID_SPEC with every problem (bounds that do not ascend to 1, codes used twice). */
export function parseMasterScale(data: unknown): MasterScale {
  return parseData(schema, data, 'master scale');
}

/** Throws HORIZON_MISMATCH unless the scale grades PDs of this horizon. */
export function checkHorizon(scale: MasterScale, horizonMonths: number): void {
  if (scale.horizonMonths === horizonMonths) return;
  throw new ProbityError(
    'HORIZON_MISMATCH',
    `The master scale ${scale.name} grades PDs over ${scale.horizonMonths} months, the model predicts over ${horizonMonths}.`,
  );
}

/** The place in the scale, from 0, of the grade in whose bounds a PD over its horizon lies. */
export function gradeIndexOf(pd: number, { grades }: MasterScale): number {
  let index = 0;
  while (index < grades.length - 1 && pd >= (grades[index] as Grade).pdBelow) index++;
  return index;
}

/** The grade in whose bounds a PD lies. Throws HORIZON_MISMATCH where the scale is for another horizon than the PD. */
export function gradeOf(pd: number, horizonMonths: number, scale: MasterScale): GradeOfPd {
  checkHorizon(scale, horizonMonths);
  const index = gradeIndexOf(pd, scale);
  const grade = scale.grades[index] as Grade;
  const { code, pdBelow, class: risk, name } = grade;
  return { code, pdBelow, class: risk, name, pdFrom: index === 0 ? 0 : (scale.grades[index - 1] as Grade).pdBelow };
}
