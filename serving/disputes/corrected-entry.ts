import { canonicalJson, ProbityError, type Clock, type Json } from '../../base/index.ts';
import type { CorrectedEntry, Dispute } from '../../rating/index.ts';
import { ENTRY_KINDS, parseEntry, type CreditFiles, type FileEntry } from '../../records/credit-file/index.ts';
import type { EntryCorrection } from './desk.ts';

/**
 * The version of a disputed entry that says what is right: one that is in the file since the dispute was opened, or one that is put there now, in the name of who decides. Asked for again, what stands already and says the
 * same is the answer. Throws INVALID_INPUT where it corrects nothing, SUBJECT_ERASED.
 */
export async function correctedEntry(
  files: Pick<CreditFiles, 'put' | 'remove' | 'history'>,
  { customerId, about, openedAt }: Pick<Dispute, 'customerId' | 'about' | 'openedAt'>,
  correction: EntryCorrection,
  actor: string,
  clock: Clock,
): Promise<CorrectedEntry> {
  const kind = about.kind === 'entry' ? ENTRY_KINDS.find((each) => each === about.entryKind) : undefined;
  if (about.kind !== 'entry' || kind === undefined) throw invalid('entry', 'No entry of the credit file is disputed.');
  const place = { customerId, kind, entryId: about.entryId };
  const versions = await files.history(customerId, kind, about.entryId);
  const isSince = ({ knownFrom }: FileEntry): boolean => knownFrom >= openedAt;
  if (correction.kind === 'version') {
    const found = versions.find(({ version }) => version === correction.version);
    if (found === undefined) throw invalid('entry.version', 'The credit file has no such version of the entry.');
    if (!isSince(found)) throw invalid('entry.version', 'This version is what is disputed: it was known before.');
    return { version: found.version, removed: found.removed };
  }
  const standing = versions.at(-1);
  if (correction.kind === 'removed') {
    const removed = standing?.removed === true ? standing : await files.remove({ ...place, actor });
    return { version: removed.version, removed: true };
  }
  const { happenedAt } = correction;
  const body = canonicalJson(parseEntry(kind, correction.body) as Json);
  if (standing !== undefined && !standing.removed && canonicalJson(standing.body) === body) {
    const isSame = happenedAt === null || happenedAt === standing.happenedAt;
    if (isSince(standing) && isSame) return { version: standing.version, removed: false };
    if (isSame) throw invalid('entry.body', 'The entry says this already: it corrects nothing.');
  }
  const put = await files.put({ ...place, happenedAt: happenedAt ?? clock.now(), actor, body: correction.body });
  return { version: put.version, removed: false };
}

function invalid(at: string, message: string): ProbityError {
  return new ProbityError('INVALID_INPUT', 'The request is not valid.', { problems: [{ at, message }] });
}
