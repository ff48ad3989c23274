import type { Problem } from '../../base/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import type { RateableModel } from '../../rating/index.ts';
import type { FeatureReader, Reign } from '../dependencies.ts';

/** A champion in its slot, compiled. */
export interface LiveChampion extends Reign {
  readonly model: RateableModel;
}

/** An open snapshot that several requests share: closed when the last of its holders lets go. */
export class SharedReader {
  readonly reader: FeatureReader;
  #holders = 1;

  constructor(reader: FeatureReader) {
    this.reader = reader;
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  async release(): Promise<void> {
    this.#holders--;
    if (this.#holders === 0) await this.reader.close();
  }
}

/** What the server rates with at one moment: a consistent pair of champions and snapshot, never changed, only replaced. */
export interface Deployment {
  readonly champions: readonly LiveChampion[];
  readonly snapshot: SharedReader | null;
  /** Differs whenever anything that it holds differs. */
  readonly revision: string;
}

/** Why a deployment cannot rate, by name; empty where it can. */
export function deploymentProblems(deployment: Deployment): Problem[] {
  const { champions, snapshot } = deployment;
  if (champions.length === 0)
    return [{ at: 'champion', message: 'No model has been promoted.', fix: 'Approve one: `probity models promote`.' }];
  return champions.flatMap((champion) => viewProblems(champion, snapshot?.reader ?? null));
}

/** The feature views of a champion that cannot be executed as it was trained with them. */
export function viewProblems({ slot, model }: LiveChampion, reader: FeatureReader | null): Problem[] {
  const needed = Object.entries(model.artefact.provenance.featureViews);
  if (needed.length === 0) return [];
  if (reader === null)
    return [
      { at: 'snapshot', message: 'No feature snapshot has been published.', fix: 'Run `probity features build`.' },
    ];
  return needed
    .filter(([view, hash]) => reader.views[view] !== hash)
    .map(([view]) => ({
      at: `${slotKey(slot)} view ${view}`,
      message:
        reader.views[view] === undefined
          ? 'The champion was trained with this feature view; the snapshot cannot execute it.'
          : 'The champion was trained with another version of this feature view than the snapshot executes.',
      fix: 'Restore the view, or retrain and promote a model with the present one.',
    }));
}
