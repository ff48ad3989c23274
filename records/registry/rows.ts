import type { Selectable } from 'kysely';
import { instant, type Instant, type Json } from '../../base/index.ts';
import {
  parseSlotKey,
  type CandidateState,
  type DecisionKind,
  type ModelUse,
  type Slot,
} from '../../models/registry/index.ts';
import type { RulesOnly } from './rules-only.ts';
import type { TrafficSplit } from './splits.ts';
import type { CandidatesTable, ChampionsTable, ModelsTable } from '../database/index.ts';

/** What a training run submits. */
export interface NewCandidate {
  /** The workflow run; registering twice under it gives one candidate. */
  readonly runId: string;
  readonly slot: Slot;
  readonly modelHash: string;
  readonly name: string;
  /** Where the artefact is stored (records/storage). */
  readonly artefactRef: string;
  readonly trainingSetHash: string;
  /** Hash by feature view: the very views that the model must be served with. */
  readonly featureViews: { readonly [view: string]: string };
  /** The report of the golden vectors; `proven` must be true. */
  readonly golden: { readonly proven: boolean; readonly [detail: string]: Json };
  readonly submitter: string;
  /** What the artefact says; `decisions` unless told. */
  readonly use?: ModelUse;
}

export interface Candidate {
  readonly candidateId: string;
  readonly runId: string;
  readonly slot: Slot;
  readonly modelHash: string;
  readonly submitter: string;
  readonly state: CandidateState;
  readonly use: ModelUse;
  /** Null: not validated yet. */
  readonly gatesPassed: boolean | null;
  readonly submittedAt: Instant;
  readonly decision: {
    readonly kind: DecisionKind;
    readonly actor: string;
    readonly reason: string | null;
    readonly at: Instant;
  } | null;
}

export interface RegisteredModel {
  readonly modelHash: string;
  readonly name: string;
  readonly artefactRef: string;
  readonly trainingSetHash: string;
  readonly featureViews: { readonly [view: string]: string };
  readonly golden: Json;
  readonly use: ModelUse;
  readonly createdAt: Instant;
}

/** One reign: a model that served a slot from an instant until another (null: still). */
export interface Champion {
  readonly slot: Slot;
  readonly modelHash: string;
  readonly from: Instant;
  readonly until: Instant | null;
  readonly how: 'promote' | 'rollback';
  readonly candidateId: string | null;
  readonly actor: string;
  readonly reason: string | null;
  /** A challenger that decided for a share of the customers at the instant that was asked for; absent: none. */
  readonly split?: TrafficSplit;
  /** Since when rules alone rated in its place at that instant; absent: it rated. */
  readonly rulesOnly?: RulesOnly;
}

type CandidateRow = Selectable<CandidatesTable> & {
  readonly use: ModelUse;
  readonly kind: DecisionKind | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly decided_at: Date | null;
};

export function toCandidate(row: CandidateRow): Candidate {
  return {
    candidateId: row.candidate_id,
    runId: row.run_id,
    slot: parseSlotKey(row.slot),
    modelHash: row.model_hash,
    submitter: row.submitter,
    state: row.state,
    use: row.use,
    gatesPassed: row.gates_passed,
    submittedAt: instant(row.submitted_at),
    decision:
      row.kind && row.actor && row.decided_at
        ? { kind: row.kind, actor: row.actor, reason: row.reason, at: instant(row.decided_at) }
        : null,
  };
}

export function toModel(row: Selectable<ModelsTable>): RegisteredModel {
  return {
    modelHash: row.model_hash,
    name: row.name,
    artefactRef: row.artefact_ref,
    trainingSetHash: row.training_set_hash,
    featureViews: row.feature_views,
    golden: row.golden,
    use: row.use,
    createdAt: instant(row.created_at),
  };
}

export function toChampion(row: Selectable<ChampionsTable>): Champion {
  return {
    slot: parseSlotKey(row.slot),
    modelHash: row.model_hash,
    from: instant(row.valid_from),
    until: row.valid_until ? instant(row.valid_until) : null,
    how: row.how,
    candidateId: row.candidate_id,
    actor: row.actor,
    reason: row.reason,
  };
}
