import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError, type Problem } from '../../base/index.ts';
import {
  BASIS_SOURCES,
  basisPurposeSchema,
  CREDIT_DECISION,
  EVERY_SOURCE,
  LEGAL_BASES,
} from '../../records/privacy/index.ts';
import { basisAnswer, boundProblems } from '../customers/legal-bases.ts';
import { subjectErased } from '../customers/privacy.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { customerOf, looked } from './customers.ts';

type Deps = Pick<ServingDependencies, 'dossiers' | 'privacy' | 'clock'>;

export const readQuery = z.strictObject({ purpose: plainText(200).min(1) });
const source = z.enum(BASIS_SOURCES);
const purpose = basisPurposeSchema
  .default(CREDIT_DECISION)
  .meta({ description: 'What the data are used for; ratings ask for credit-decision.' });

export const legalBasisStepSchema = z.strictObject({
  action: z.enum(['grant', 'withdraw']).meta({ description: 'withdraw: ends consents, from now on.' }),
  source: source
    .optional()
    .meta({ description: 'A source table; `*` or left out: every one. Withdrawn: only what was given by that name.' }),
  purpose,
  basis: z.enum(LEGAL_BASES).optional().meta({ description: 'Of a grant; default: consent.' }),
  from: isoInstant.optional().meta({ description: 'Of a grant: from when it is given; default: now.' }),
  until: isoInstant.optional().meta({ description: 'Of a grant: until when; default: until it is withdrawn.' }),
});

/** GET /v1/customers/{customerId}/legal-bases: on what legal bases a customer's data are used, and the policy for everyone. */
export function listLegalBases({ dossiers, privacy }: Deps): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    await looked(dossiers, request, customerId, parseQuery(readQuery, request).purpose, 'legal-bases');
    response.json({ customerId, ...(await basesOf(privacy, customerId)) });
  };
}

/** POST /v1/customers/{customerId}/legal-bases: records a basis that a customer gives, or that consents are withdrawn. */
export function changeLegalBases({ privacy, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    const step = parseBody(legalBasisStepSchema, request.body);
    if (privacy.isErased(customerId)) throw subjectErased();
    const { actor } = principalOf(request);
    const now = clock.now();
    if (step.action === 'withdraw') {
      refuse(
        (['basis', 'from', 'until'] as const)
          .filter((field) => step[field] !== undefined)
          .map((at) => ({ at, message: 'Only a grant has this: consents are withdrawn from now on.' })),
      );
      const ended = await privacy.bases.withdraw(customerId, step.purpose, step.source ?? null, now, actor);
      response.json({ customerId, ended, ...(await basesOf(privacy, customerId)) });
      return;
    }
    const from = step.from === undefined ? now : instant(step.from);
    const until = step.until === undefined ? null : instant(step.until);
    refuse(boundProblems(from, until));
    const { source: of = EVERY_SOURCE, purpose: why, basis = 'consent' } = step;
    await privacy.bases.record({ subject: customerId, source: of, purpose: why, basis, from, until, actor });
    response.status(201).json({ customerId, ended: 0, ...(await basesOf(privacy, customerId)) });
  };
}

async function basesOf({ bases }: Deps['privacy'], customerId: string) {
  return { bases: (await bases.of(customerId)).map(basisAnswer), policy: bases.policy.bases };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'The request is not valid.', { problems });
}
