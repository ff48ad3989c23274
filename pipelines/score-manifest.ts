import { z } from 'zod';
import { messageOf, ProbityError } from '../base/index.ts';
import { parseSlotKey } from '../models/registry/slot.ts';

const withheld = z.array(z.object({ feature: z.string(), source: z.string(), customers: z.int() })).readonly();

/** A slot whose champion scores customers in a run, and that champion. */
const scorer = z.object({
  slot: z.string().refine(isSlotKey, 'This is not a slot.'),
  modelHash: z.string(),
});

const stamp = z.object({
  file: z.string(),
  hash: z.string(),
  rows: z.int(),
  sumPd: z.number(),
  /** Customers whom no slot of the run decides about. */
  unscored: z.int().optional(),
  /** By slot, how many customers its champion scored. Absent: one model scored all. */
  bySlot: z.record(z.string(), z.int()).optional(),
  /** Features that were not used of some customers for want of a legal basis; absent: none. */
  withheld: withheld.optional(),
});

/** A finished bucket of scores. */
export type BucketStamp = z.infer<typeof stamp>;

const manifest = z.object({
  snapshotId: z.string(),
  /** The champion of all segments, or of the first segment that has one. */
  modelHash: z.string(),
  rows: z.int(),
  meanPd: z.number().nullable(),
  /** When the run began; absent in runs of before it was kept. */
  begunAt: z.string().optional(),
  /** Whose champions scored, and how many customers each. Absent in runs of before they were kept: the champion of all segments scored all. */
  models: z.array(scorer.extend({ customers: z.int() })).optional(),
  unscored: z.int().optional(),
  withheld: withheld.optional(),
  files: z.array(stamp),
});

/** What a run of portfolio scores says of itself. Where it names more than one model, the column `slot` of its files tells by customer which one scored. */
export type ScoreManifest = z.infer<typeof manifest>;

/** What all files of a run hold together: rows, mean PD, and customers by model. */
export function totals(
  files: readonly BucketStamp[],
  models: readonly { readonly slot: string; readonly modelHash: string }[] | undefined,
): Pick<ScoreManifest, 'rows' | 'meanPd' | 'models'> & { readonly files: BucketStamp[] } {
  const sum = (of: (stamp: BucketStamp) => number): number => files.reduce((total, stamp) => total + of(stamp), 0);
  const rows = sum((stamp) => stamp.rows);
  const by = models?.map(({ slot, modelHash }) => ({
    slot,
    modelHash,
    customers: models.length === 1 ? rows : sum(({ bySlot }) => bySlot?.[slot] ?? 0),
  }));
  return {
    rows,
    meanPd: rows === 0 ? null : sum((stamp) => stamp.sumPd) / rows,
    ...(by === undefined ? {} : { models: by }),
    files: [...files],
  };
}

/** Reads the text of a manifest. Throws INVALID_SPEC with every problem. */
export function parseScoreManifest(text: string, at: string): ScoreManifest {
  return parsed(manifest, text, at);
}

/** Reads the text of a bucket's stamp. Throws INVALID_SPEC with every problem. */
export function parseBucketStamp(text: string, at: string): BucketStamp {
  return parsed(stamp, text, at);
}

function parsed<T>(schema: z.ZodType<T>, text: string, at: string): T {
  const problem = (problems: readonly { readonly at: string; readonly message: string }[]) =>
    new ProbityError('INVALID_SPEC', `The scores at ${at} do not say what they are.`, {
      problems,
      fix: 'Restore the file from a backup, or remove the folder of this run and score the portfolio again.',
    });
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw problem([{ at, message: messageOf(error) }]);
  }
  const result = schema.safeParse(read);
  if (result.success) return result.data;
  throw problem(result.error.issues.map(({ path, message }) => ({ at: path.join('.'), message })));
}

function isSlotKey(key: string): boolean {
  try {
    parseSlotKey(key);
    return true;
  } catch {
    return false;
  }
}
