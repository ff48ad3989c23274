import type { RatingAnswer } from '../../serving/ratings/answer.ts';
import type { Paint } from '../terminal/colour.ts';

/** What the text of a rating needs of the API's answer. */
export type ShownRating = Pick<
  RatingAnswer,
  'customerId' | 'asOf' | 'pd' | 'horizonMonths' | 'score' | 'grade' | 'reasons' | 'flags'
>;

const SHOWN_FLAGS = 3;

/** A rating for a person on the terminal: grade, PD, score, the reasons with the points that each cost, and the flags. */
export function ratingText(rating: ShownRating, paint: Paint): string {
  const tone = toneOf(rating.pd, paint);
  const head = [
    paint.bold((rating.customerId ?? 'features').padEnd(14)),
    tone(`grade ${rating.grade.code}`.padEnd(10)),
    `PD ${(rating.pd * 100).toFixed(2)}% in ${rating.horizonMonths} months`,
    `score ${Math.round(rating.score)}`,
    paint.dim(`(${rating.grade.name})`),
  ];
  const reasons = rating.reasons.map(
    (reason) => `  ${tone(`-${reason.pointsLost.toFixed(1)}`.padStart(7))} points  ${reason.text}`,
  );
  const flags = rating.flags.slice(0, SHOWN_FLAGS).map((flag) => `  ${paint.yellow('flag')}            ${flag.text}`);
  const more = rating.flags.length - SHOWN_FLAGS;
  if (more > 0) flags.push(paint.dim(`                  and ${more} more flags`));
  return [head.join('  '), ...(reasons.length > 0 ? reasons : ['  no point was lost']), ...flags].join('\n');
}

function toneOf(pd: number, paint: Paint): (text: string) => string {
  if (pd < 0.02) return paint.green;
  return pd < 0.1 ? paint.yellow : paint.red;
}
