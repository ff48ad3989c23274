import { join } from 'node:path';
import { z } from 'zod';
import { ProbityError, readRulesJson, schemaProblems } from '../../base/index.ts';
import { CONTRACTS } from '../../features/contracts/index.ts';
import type { LegalBasisKind } from '../database/index.ts';

/** What a rating by customer uses data for. */
export const CREDIT_DECISION = 'credit-decision';
/** What training and validating a model use data for. */
export const MODEL_DEVELOPMENT = 'model-development';
/** What scoring and reporting on the whole portfolio use data for. */
export const PORTFOLIO_MONITORING = 'portfolio-monitoring';
/** Stands for every source table. */
export const EVERY_SOURCE = '*';

/** The legal bases (GDPR art. 6 (1) a, b, c, f; Personal Information Protection Law of China art. 13). */
export const LEGAL_BASES = [
  'consent',
  'contract',
  'legal-obligation',
  'legitimate-interest',
] as const satisfies readonly LegalBasisKind[];

/** What data are used for, as a name. */
export const basisPurposeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Write a purpose in lower-case letters, digits and hyphens.');

/** On what basis the data of one source table may be used for a purpose, for every customer, within [from, until); null: without an end on that side. */
export interface PolicyBasis {
  readonly source: string;
  readonly purpose: string;
  readonly basis: LegalBasisKind;
  readonly from: string | null;
  readonly until: string | null;
}

/** The tenant's legal bases as data. A basis `consent` says that each customer has to give it: by itself it allows nothing. */
export interface BasisPolicy {
  readonly bases: readonly PolicyBasis[];
  /** Whether every source has a basis for the purpose at an instant, whoever the customer is. */
  coversAll(purpose: string, at: string): boolean;
  /** Those of the tables for which each customer needs a basis of their own. */
  lacking(tables: Iterable<string>, purpose: string, at: string): readonly string[];
}

/** The tables that a basis may be of. */
export const BASIS_SOURCES: readonly string[] = [...CONTRACTS.map(({ name }) => name), EVERY_SOURCE];

const FILE = 'legal-bases.json';

const bound = z.union([z.iso.date(), z.iso.datetime()], 'Write a date or an instant in UTC.').nullable().default(null);

const schema = z.strictObject({
  bases: z.array(
    z
      .strictObject({
        source: z.enum(BASIS_SOURCES),
        purpose: basisPurposeSchema,
        basis: z.enum(LEGAL_BASES),
        from: bound,
        until: bound,
      })
      .refine(({ from, until }) => !from || !until || Date.parse(from) < Date.parse(until), {
        message: 'It ends before it begins.',
        path: ['until'],
        // Said beside the other problems, not only once they are mended.
        when: () => true,
      }),
  ),
});

/** The policy of the project's rules folder, where that has `legal-bases.json`, else the package's: a contract, for every source. Throws INVALID_SPEC with every problem. */
export function loadBasisPolicy(rulesDir: string | null): BasisPolicy {
  return parseBasisPolicy(readRulesJson(rulesDir, join('records', 'privacy'), FILE));
}

/** Throws INVALID_SPEC with every problem. */
export function parseBasisPolicy(content: unknown): BasisPolicy {
  const result = schema.safeParse(content);
  if (!result.success)
    throw new ProbityError('INVALID_SPEC', `${FILE} is not valid.`, {
      problems: schemaProblems(schema, result.error),
    });
  const { bases } = result.data;
  const instants = bases.map((basis) => ({
    ...basis,
    fromMs: basis.from === null ? -Infinity : Date.parse(basis.from),
    untilMs: basis.until === null ? Infinity : Date.parse(basis.until),
  }));
  const sourcesAt = (purpose: string, at: string): ReadonlySet<string> => {
    const ms = Date.parse(at);
    return new Set(
      instants
        .filter((each) => each.purpose === purpose && each.basis !== 'consent')
        .filter(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs)
        .map(({ source }) => source),
    );
  };
  return {
    bases,
    coversAll: (purpose, at) => sourcesAt(purpose, at).has(EVERY_SOURCE),
    lacking(asked, purpose, at) {
      const sources = sourcesAt(purpose, at);
      return sources.has(EVERY_SOURCE) ? [] : [...new Set(asked)].filter((table) => !sources.has(table)).sort();
    },
  };
}
