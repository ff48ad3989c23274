import type { Problem } from '../../base/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import { lawBeside, protectedReads, type LiveRules, type RateableModel } from '../../rating/index.ts';
import type { FeatureReader, Reign } from '../dependencies.ts';

/** A champion in its slot, compiled. */
export interface LiveChampion extends Reign {
  readonly model: RateableModel;
  /** The model of `split`, compiled; absent: the customers are not split. */
  readonly challenger?: RateableModel;
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

/** What the server rates with at one moment: a consistent set of champions, snapshot and rules, never changed, only replaced. */
export interface Deployment {
  readonly champions: readonly LiveChampion[];
  readonly snapshot: SharedReader | null;
  readonly rules: LiveRules;
  /** Differs whenever anything that it holds differs. */
  readonly revision: string;
}

/** Why a deployment cannot rate, by name; empty where it can. */
export async function deploymentProblems(deployment: Deployment): Promise<readonly Problem[]> {
  const { champions, snapshot } = deployment;
  if (champions.length === 0)
    return [{ at: 'champion', message: 'No model has been promoted.', fix: 'Approve one: `probity models promote`.' }];
  const models = champions.flatMap(({ slot, model, challenger }) => [
    { slot, model },
    ...(challenger ? [{ slot, model: challenger }] : []),
  ]);
  const found = await Promise.all(models.map((each) => modelProblems(each, snapshot?.reader ?? null)));
  return [...models.flatMap((each) => besideProblems(each, deployment)), ...found.flat()];
}

/** Where the rules read what a model was kept from seeing: together they may not decide. */
function besideProblems({ slot, model }: Pick<LiveChampion, 'slot' | 'model'>, { rules }: Deployment): Problem[] {
  return protectedReads(rules.set, lawBeside(model.artefact)).map(({ at }) => ({
    at: `${slotKey(slot)} rules ${at}`,
    message: 'The rules in force read a protected attribute that the model keeps out of itself.',
    fix: 'Put rules in force that leave it out (`probity rules rollback`, or a new proposal).',
  }));
}

/** Why a model cannot rate: it may not decide, or its feature views cannot be executed as it was trained with them. */
async function modelProblems(
  { slot, model }: Pick<LiveChampion, 'slot' | 'model'>,
  reader: FeatureReader | null,
): Promise<readonly Problem[]> {
  if (model.artefact.use === 'benchmark-only') {
    const message = 'The model is benchmark-only: it may not decide.';
    return [{ at: `${slotKey(slot)} model`, message, fix: 'Promote a model without protected attributes.' }];
  }
  const wanted = model.artefact.provenance.featureViews;
  if (Object.keys(wanted).length === 0) return [];
  if (reader === null)
    return [
      { at: 'snapshot', message: 'No feature snapshot has been published.', fix: 'Run `probity features build`.' },
    ];
  const problems = await reader.viewProblems(wanted);
  return problems.map((problem) => ({ ...problem, at: `${slotKey(slot)} view ${problem.at}` }));
}
