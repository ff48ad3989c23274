import { join } from 'node:path';
import { z } from 'zod';
import { readRulesFile } from '../../base/index.ts';
import { ENTRY_SCHEMAS } from './entries.ts';
import type { ReportedAgreement, ReportedRating } from './report.ts';

/** Where a project keeps its audience profiles, within its rules folder. */
export const AUDIENCES_FILE = 'audiences.json';

/** What a part of a report can show: `all` of it, or these keys. A name that no entry has is a problem, as it would show less than was meant. */
const keysOf = (known: readonly string[]) =>
  z.union([
    z.literal('all'),
    z.array(z.string().refine((key) => known.includes(key), { error: `Known here: ${known.join(', ')}.` })),
  ]);

const entryKeys = (kind: keyof typeof ENTRY_SCHEMAS): readonly string[] => {
  const schema: z.ZodType = ENTRY_SCHEMAS[kind];
  const shapes = schema instanceof z.ZodDiscriminatedUnion ? schema.options : [schema];
  return [...new Set(shapes.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : [])))];
};

const RATING_KEYS = Object.keys({
  at: true,
  ratingId: true,
  pd: true,
  horizonMonths: true,
  score: true,
  grade: true,
  decision: true,
  limit: true,
  validUntil: true,
  reasons: true,
  termStructure: true,
} satisfies { readonly [key in keyof Required<ReportedRating>]: true });
const AGREEMENT_KEYS = Object.keys({
  at: true,
  dueOn: true,
  state: true,
  acts: true,
  grade: true,
  promisedGrade: true,
} satisfies { readonly [key in keyof Required<ReportedAgreement>]: true });

const audienceSchema = z.strictObject({
  name: z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) }),
  identity: keysOf(entryKeys('identity')),
  contact: keysOf(entryKeys('contact')),
  document: keysOf(entryKeys('document')),
  guarantee: keysOf(entryKeys('guarantee')),
  rating: keysOf(RATING_KEYS),
  review: keysOf(entryKeys('review')),
  note: keysOf(entryKeys('note')),
  /** Improvement agreements; profiles that do not name them show none. */
  agreement: keysOf(AGREEMENT_KEYS).default([]),
});
const audiencesSchema = z
  .record(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Name an audience in lower case, digits and hyphens.'),
    audienceSchema,
  )
  .refine((all) => Object.keys(all).length > 0, 'Name at least one audience.');

/** Who a report is for, and which keys of each part they see. */
export type Audience = z.output<typeof audienceSchema>;
export type Audiences = { readonly [audience: string]: Audience };

/** The audience profiles of a project: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC naming every problem. */
export function loadAudiences(rulesDir: string | null = null): Audiences {
  return readRulesFile(audiencesSchema, rulesDir, join('records', 'credit-file'), AUDIENCES_FILE);
}
