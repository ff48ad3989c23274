import { betaCdf } from './beta.ts';
import { rocCurve, type RocPoint } from './roc.ts';

/**
 * H-measure (Hand 2009): one minus the expected least loss over that of the best constant answer, where the share of the cost that a
 * flagged good carries is Beta(1 + share of bads, 1 + share of goods) distributed (Hand and Anagnostopoulos 2014). 0 for no
 * discrimination, 1 for perfect; unlike AUC its weighing of costs does not depend on the score.
 */
export function hMeasure(
  scores: ArrayLike<number>,
  bad: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number {
  let bads = 0;
  let all = 0;
  for (let i = 0; i < bad.length; i++) {
    const w = weight === null ? 1 : weight[i]!;
    bads += w * bad[i]!;
    all += w;
  }
  const pi = bads / all;
  const [a, b] = [1 + pi, 2 - pi];
  /** Integrals of c and of 1 - c against the density, from 0 to x. */
  const costs = (x: number): { good: number; bad: number } => ({
    good: (a / (a + b)) * betaCdf(x, a + 1, b),
    bad: (b / (a + b)) * betaCdf(x, a, b + 1),
  });
  const hull = upperHull(rocCurve(scores, bad, weight));
  let loss = 0;
  let from = costs(0);
  // As flagging a good gets dearer, the best threshold walks the hull from (1, 1) to (0, 0).
  for (let k = hull.length - 1; k >= 0; k--) {
    const { hit, falseAlarm } = hull[k]!;
    const next = hull[k - 1];
    const gained = next ? pi * (hit - next.hit) : 0;
    const spent = next ? (1 - pi) * (falseAlarm - next.falseAlarm) : 0;
    const to = costs(next ? gained / (gained + spent) : 1);
    loss += (1 - pi) * falseAlarm * (to.good - from.good) + pi * (1 - hit) * (to.bad - from.bad);
    from = to;
  }
  const [turn, end] = [costs(pi), costs(1)];
  return 1 - loss / ((1 - pi) * turn.good + pi * (end.bad - turn.bad));
}

/** The corners of the upper convex hull of a ROC curve, (0, 0) and (1, 1) included. */
export function upperHull(points: readonly RocPoint[]): RocPoint[] {
  const hull: RocPoint[] = [];
  for (const point of points) {
    while (hull.length > 1) {
      const [last, before] = [hull.at(-1)!, hull.at(-2)!];
      const turn =
        (last.falseAlarm - before.falseAlarm) * (point.hit - before.hit) -
        (last.hit - before.hit) * (point.falseAlarm - before.falseAlarm);
      if (turn < 0) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}
