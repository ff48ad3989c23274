import { ProbityError } from '../base/index.ts';
import { MODEL_TARGETS, type ModelTarget } from '../pipelines/requests.ts';

/** What `--target` names; throws USAGE where there is no such target. */
export function targetNamed(name: string): ModelTarget {
  const target = MODEL_TARGETS.find((one) => one === name);
  if (target !== undefined) return target;
  throw new ProbityError('USAGE', `There is no target \`${name}\`.`, { fix: `One of ${MODEL_TARGETS.join(', ')}.` });
}
