import { z } from 'zod';
import { isPlainProse, isPlainText, NOT_PLAIN } from '../../base/index.ts';
import { isCreditCode, isResidentNumber } from './check-digits.ts';

const text = (longest: number) => z.string().min(1).max(longest).refine(isPlainText, NOT_PLAIN);
const longText = z.string().min(1).max(10_000).refine(isPlainProse, NOT_PLAIN);
const day = z.iso.date();
const country = z.string().regex(/^[A-Z]{2}$/, 'Write the country as two capital letters (ISO 3166-1).');
const currency = z.string().regex(/^[A-Z]{3}$/, 'Write the currency as three capital letters (ISO 4217).');
const amount = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, 'Write the amount as a plain decimal, such as 1200.50.');
const inOrder = (from: string | undefined, until: string | undefined): boolean =>
  from === undefined || until === undefined || from <= until;

const company = z.strictObject({
  kind: z.literal('company'),
  name: text(300),
  country,
  unifiedSocialCreditCode: z
    .string()
    .refine(isCreditCode, 'The check character of this unified social credit code is wrong.')
    .optional(),
  registrationNumber: text(100).optional(),
  legalForm: text(100).optional(),
  foundedOn: day.optional(),
  legalRepresentative: text(200).optional(),
});

const person = z.strictObject({
  kind: z.literal('person'),
  name: text(300),
  country,
  bornOn: day.optional(),
  residentNumber: z
    .string()
    .refine(isResidentNumber, 'The check character of this resident identity number is wrong.')
    .optional(),
  otherIdentityNumber: text(100).optional(),
});

const contact = z.strictObject({
  channel: z.enum(['address', 'phone', 'email', 'person']),
  value: text(500),
  label: text(100).optional(),
});

const document = z
  .strictObject({
    kind: text(60),
    title: text(300).optional(),
    issuedOn: day.optional(),
    expiresOn: day.optional(),
    /** Where the document lies (a reference of the document system), and the hash of its bytes. */
    reference: text(500).optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .refine(({ issuedOn, expiresOn }) => inOrder(issuedOn, expiresOn), {
    path: ['expiresOn'],
    message: 'A document cannot expire before its issue.',
  });

const guarantee = z.strictObject({
  kind: z.enum(['personal', 'corporate', 'bank', 'collateral']),
  guarantor: text(300),
  /** The guarantor's own customer id, where they are a customer. */
  guarantorId: text(200).optional(),
  amount,
  currency,
  validUntil: day.optional(),
});

/** What opened a review. */
export const REVIEW_CAUSES = ['grade', 'exposure', 'date', 'event', 'request'] as const;

const review = z.strictObject({
  dueOn: day,
  because: z.array(z.enum(REVIEW_CAUSES)).min(1),
  assignee: text(200),
  state: z.enum(['open', 'signed-off', 'cancelled']),
  signedOffBy: text(200).optional(),
  signedOffOn: day.optional(),
  conclusion: longText.optional(),
});

const note = z.strictObject({ text: longText });

/** The body of an entry, by kind. */
export const ENTRY_SCHEMAS = {
  identity: z.discriminatedUnion('kind', [company, person]),
  contact,
  document,
  guarantee,
  review,
  note,
} as const;

export type EntryKind = keyof typeof ENTRY_SCHEMAS;
export const ENTRY_KINDS = Object.keys(ENTRY_SCHEMAS) as readonly EntryKind[];
export type EntryBody<Kind extends EntryKind = EntryKind> = z.output<(typeof ENTRY_SCHEMAS)[Kind]>;

/** Which keys of a body are personal data and are stored sealed; the others are stored open, so that they can be searched. */
export const PERSONAL_KEYS: { readonly [Kind in EntryKind]: readonly string[] } = {
  identity: ['name', 'bornOn', 'residentNumber', 'otherIdentityNumber', 'legalRepresentative', 'registrationNumber'],
  contact: ['value', 'label'],
  document: ['title', 'reference'],
  guarantee: ['guarantor'],
  review: ['conclusion'],
  note: ['text'],
};
