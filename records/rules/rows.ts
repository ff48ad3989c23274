import type { Selectable } from 'kysely';
import { instant } from '../../base/index.ts';
import type { RuleEventsTable, RuleProposalsTable, RuleReignsTable } from '../database/index.ts';
import type { Proposal, RuleReign } from './proposal.ts';

export function toProposal(
  row: Selectable<RuleProposalsTable> & { readonly name: string; readonly version: number },
  events: readonly Selectable<RuleEventsTable>[],
): Proposal {
  return {
    proposalId: row.proposal_id,
    rulesHash: row.rules_hash,
    name: row.name,
    version: row.version,
    state: row.state,
    author: row.author,
    note: row.note,
    createdAt: instant(row.created_at),
    events: events.map(({ kind, actor, reason, effect, at }) => ({ kind, actor, reason, effect, at: instant(at) })),
  };
}

export function toReign(row: Selectable<RuleReignsTable>): RuleReign {
  return {
    rulesHash: row.rules_hash,
    from: instant(row.valid_from),
    how: row.how,
    proposalId: row.proposal_id,
    actor: row.actor,
    reason: row.reason,
  };
}
