import type { Progress } from '../../base/progress.ts';
import type { BagPool } from './bag-pool.ts';
import type { Boosted } from './boost.ts';
import { packBag, unpackBag, type Checkpoint } from './checkpoint.ts';
import type { PairLayout, Tables, TermLayout } from './layout.ts';
import type { TrainingOptions } from './options.ts';
import type { StepLimits } from './step.ts';

/** One point of the learning curve: mean held-out log-loss of a stage's bags after a round. */
export interface HistoryPoint {
  readonly stage: 'shapes' | 'pairs' | 'refit';
  readonly epoch: number;
  readonly loss: number;
}

/** One stage of boosting: what all of its bags are fitted with. */
export interface Stage {
  readonly name: 'shapes' | 'candidates' | 'pairs';
  readonly pool: BagPool;
  readonly terms: readonly TermLayout[];
  readonly pairs: readonly PairLayout[];
  /** By bag: where it starts. Bags are numbered by split, then by the fold that they do not see. */
  readonly starts: readonly Tables[];
  readonly limits: StepLimits;
  readonly options: TrainingOptions;
  readonly checkpoint: Checkpoint;
  readonly onProgress: Progress;
}

/** Fits the bags of a stage, those with a checkpoint excepted. */
export async function fitBags(stage: Stage): Promise<Boosted[]> {
  const { name, pool, options, checkpoint, onProgress } = stage;
  const begun = performance.now();
  let finished = 0;
  const epochs = new Map<number, number>();
  const report = (bag: number, epoch: number, loss: number): void => {
    const share = finished / stage.starts.length;
    epochs.set(bag, epoch);
    // Until a bag has stopped, nobody knows how early bags stop: all their rounds are the bound.
    const rounds = [...epochs.values()].reduce((sum, each) => sum + each, 0);
    const known = share > 0 ? share : rounds / (stage.starts.length * options.maxRounds);
    const seconds = (performance.now() - begun) / 1000;
    const left =
      known > 0 ? `, ${share > 0 ? 'about' : 'at most'} ${Math.ceil((seconds / known) * (1 - known))} s left` : '';
    onProgress({
      step: name,
      done: share,
      message: `bag ${bag + 1} of ${stage.starts.length}, epoch ${epoch}, held-out loss ${loss.toFixed(5)}${left}`,
    });
  };
  const bags = await Promise.all(
    stage.starts.map(async (start, index) => {
      const key = `${name}-bag-${index}`;
      const stored = await checkpoint.load(key);
      const bag = stored
        ? unpackBag(stored)
        : await pool.fit(
            {
              repeat: Math.floor(index / options.folds),
              fold: index % options.folds,
              terms: stage.terms,
              pairs: stage.pairs,
              start,
              limits: stage.limits,
              maxRounds: options.maxRounds,
              patience: options.patience,
              schedule: {
                smoothRounds: name === 'shapes' ? options.smoothRounds : 0,
                greedyRounds: options.greedyRounds,
                seed: `${name}/${options.seed}/${index}`,
              },
            },
            ({ round, loss }) => report(index, round, loss),
          );
      if (!stored) await checkpoint.save(key, packBag(bag));
      finished++;
      report(index, bag.rounds, bag.history[bag.rounds - 1] ?? bag.history[0] ?? 0);
      return bag;
    }),
  );
  return bags;
}

/** The learning curve of a stage: the mean of its bags, each of which keeps its last loss after it has stopped. */
export function curveOf(stage: HistoryPoint['stage'], bags: readonly Boosted[]): HistoryPoint[] {
  const longest = Math.max(...bags.map((bag) => bag.history.length));
  return Array.from({ length: longest }, (_, round) => {
    const losses = bags.map((bag) => bag.history[Math.min(round, bag.history.length - 1)] ?? 0);
    return { stage, epoch: round + 1, loss: losses.reduce((a, b) => a + b, 0) / losses.length };
  });
}
