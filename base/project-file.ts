import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { ProbityError, type Problem } from './errors.ts';
import { isName, type Tenant } from './ids.ts';
import type { Project } from './project.ts';
import { ROLES } from './roles.ts';
import { schemaProblems } from './schema-problems.ts';

export const PROJECT_FILE = 'probity.yaml';

/** Environment variables that overrule the project file, for containers and secrets; no other is read. */
export const ENVIRONMENT = {
  PROBITY_DATABASE_URL:
    'connection string of the operational PostgreSQL (may hold a password: keep it out of the project file)',
  TEMPORAL_ADDRESS: 'host:port of a running Temporal server',
  TEMPORAL_NAMESPACE: 'namespace on that server',
  PROBITY_DATA_DIR: 'folder of everything that Probity writes for the project',
  PROBITY_HOST: 'address that the API listens on',
  PROBITY_PORT: 'port that the API listens on',
  PROBITY_S3_BUCKET: 'bucket of artefacts and snapshots; turns the S3-compatible storage on',
  PROBITY_S3_ENDPOINT: 'endpoint of an S3-compatible storage that is not AWS',
  PROBITY_S3_REGION: 'region of that storage',
} as const;

/** Signatures that a token may carry (RFC 7518, RFC 8037): asymmetric ones, so that who checks a token cannot make one. */
const SIGNATURES = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const name = z.string().refine(isName, 'must be 1 to 63 of a-z, 0-9, "-", "_", and start with a letter or digit');

/** One line that people are told as it is. */
const plain = z
  .string()
  .min(1)
  .max(300)
  .refine((text) => text.trim() !== '' && !/[\p{Cc}\p{Surrogate}]/u.test(text), 'must be one line of text');

const defaultDefinition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dpd'), daysPastDue: z.int().min(1).max(3650) }),
  z.strictObject({
    kind: z.literal('status'),
    bad: z.array(z.string()).min(1),
    good: z.array(z.string()).default([]),
    observedAt: z.iso.date(),
  }),
]);

const storage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder') }),
  z.strictObject({
    kind: z.literal('s3'),
    bucket: z.string().min(1),
    endpoint: z.url().nullable().default(null),
    region: z.string().min(1).default('us-east-1'),
  }),
]);

const oidc = z.strictObject({
  issuer: z.string().min(1),
  audience: z.string().min(1),
  jwks: z
    .string()
    .min(1)
    .refine(
      (where) => !where.startsWith('http:') || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(where),
      'must be https, or a file',
    ),
  algorithms: z.array(z.enum(SIGNATURES)).min(1).default(['RS256']),
  clockSkewSeconds: z.int().min(0).max(300).default(30),
  actorClaim: z.string().min(1).default('sub'),
  tenantClaim: z.string().min(1).nullable().default(null),
  rolesClaim: z.string().min(1).default('roles'),
  roles: z.record(z.string(), z.enum(ROLES)).default({}),
});

const projectSchema = z.strictObject({
  tenant: name.default('default'),
  portfolio: name.default('main'),
  data: z.string().min(1).default('.probity'),
  specs: z.array(z.string().min(1)).default([]),
  views: z.string().min(1).nullable().default(null),
  rules: z.string().min(1).nullable().default(null),
  database: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .nullable()
    .default(null),
  temporal: z
    .strictObject({
      address: z
        .string()
        .regex(/^[^\s/:]+:\d+$/, 'must be host:port')
        .nullable()
        .default(null),
      namespace: z.string().min(1).default('default'),
    })
    .prefault({}),
  storage: storage.prefault({ kind: 'folder' }),
  serving: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65535).default(8484),
      corsOrigins: z
        .array(z.string().regex(/^https?:\/\/[^\s/*]+$/, 'must be an origin such as https://crm.example.com'))
        .default([]),
      requestsPerMinute: z.int().min(1).max(100_000_000).default(60_000),
      oidc: oidc.nullable().default(null),
      webhooks: z
        .strictObject({ privateAddresses: z.boolean().default(false), loopback: z.boolean().default(false) })
        .prefault({}),
    })
    .prefault({}),
  customerKeys: z.strictObject({ elevenDigits: z.boolean().default(false) }).prefault({}),
  mail: z
    .strictObject({
      smtp: z
        .string()
        .regex(/^smtps?:\/\/[^\s/@]+$/, 'must be smtps://host:port or smtp://host:port, without user and password'),
      from: z
        .string()
        .regex(
          /^([^<>\r\n]{1,100}<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/,
          'must be an address, or Name <address>',
        ),
    })
    .nullable()
    .default(null),
  creditor: z
    .strictObject({ name: plain, address: plain, agency: z.strictObject({ name: plain, address: plain }).optional() })
    .nullable()
    .default(null),
  labels: z
    .strictObject({
      horizonMonths: z.int().min(1).max(120).default(12),
      default: defaultDefinition.prefault({ kind: 'dpd', daysPastDue: 90 }),
    })
    .prefault({}),
  latePayment: z
    .strictObject({ days: z.int().min(1).max(365).default(30), horizonMonths: z.int().min(1).max(120).default(6) })
    .nullable()
    .default(null),
  termStructure: z
    .strictObject({
      stepMonths: z.int().min(1).max(12).default(3),
      horizonMonths: z.int().min(1).max(120).default(36),
    })
    .refine(({ stepMonths, horizonMonths }) => horizonMonths % stepMonths === 0, 'must be whole steps')
    .nullable()
    .default(null),
  protected: z
    .strictObject({
      jurisdictions: z.array(z.string().min(1)).min(1).nullable().default(null),
      features: z.array(z.string().min(1)).default([]),
      permitted: z
        .array(z.strictObject({ feature: z.string().min(1), reason: z.string().trim().min(1, 'say why') }))
        .default([]),
    })
    .prefault({}),
  training: z
    .strictObject({
      seed: z.int().min(0).default(1),
      observationMonths: z.int().min(1).max(60).default(6),
      embargoDays: z.int().min(0).max(3650).default(0),
      benchmarkOnly: z.boolean().default(false),
      exclude: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
});

/** Parses the text of a project file into a Project; `root` is its folder. Answers every problem at once (INVALID_SPEC). */
export function parseProject(text: string, root: string, env: NodeJS.ProcessEnv = {}): Project {
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0)
    throw invalid(document.errors.map((error) => ({ at: PROJECT_FILE, message: error.message })));
  const source: unknown = overrule(document.toJS() ?? {}, env);
  const parsed = projectSchema.safeParse(source);
  if (!parsed.success) throw invalid(schemaProblems(projectSchema, parsed.error));
  const file = parsed.data;
  const at = (path: string) => (isAbsolute(path) ? path : resolve(root, path));
  const placeOf = (place: string) => (/^https?:\/\//.test(place) ? place : at(place));
  return {
    root: resolve(root),
    tenant: file.tenant as Tenant,
    portfolio: file.portfolio,
    dataDir: at(file.data),
    specs: file.specs.map(at),
    viewsDir: file.views === null ? null : at(file.views),
    rulesDir: file.rules === null ? null : at(file.rules),
    databaseUrl: file.database,
    temporalAddress: file.temporal.address,
    temporalNamespace: file.temporal.namespace,
    storage: file.storage,
    serving: {
      ...file.serving,
      oidc: file.serving.oidc && { ...file.serving.oidc, jwks: placeOf(file.serving.oidc.jwks) },
    },
    customerKeys: file.customerKeys,
    mail: file.mail,
    creditor: file.creditor && { ...file.creditor, agency: file.creditor.agency ?? null },
    labels: file.labels,
    latePayment: file.latePayment,
    termStructure: file.termStructure,
    protected: file.protected,
    training: file.training,
  };
}

/**
 * The project of `folder`, or, without it, of the nearest folder from the current one upwards that holds probity.yaml.
 * Throws PROJECT_NOT_FOUND where there is none.
 */
export async function loadProject(folder?: string, env: NodeJS.ProcessEnv = process.env): Promise<Project> {
  const root = folder === undefined ? findProject(process.cwd()) : resolve(folder);
  if (root === null || !existsSync(join(root, PROJECT_FILE))) {
    throw new ProbityError(
      'PROJECT_NOT_FOUND',
      `There is no ${PROJECT_FILE} in ${root ?? `${process.cwd()} or above it`}.`,
    );
  }
  return parseProject(await readFile(join(root, PROJECT_FILE), 'utf8'), root, env);
}

/** The nearest folder from `start` upwards that holds a project file, or null. */
export function findProject(start: string): string | null {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, PROJECT_FILE))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

function overrule(source: unknown, env: NodeJS.ProcessEnv): unknown {
  if (source === null || typeof source !== 'object' || Array.isArray(source)) return source;
  const file = { ...source } as Record<string, unknown>;
  const section = (key: string) => (typeof file[key] === 'object' && file[key] !== null ? file[key] : {});
  const set = (
    variable: keyof typeof ENVIRONMENT,
    key: string,
    inner?: string,
    convert: (v: string) => unknown = (v) => v,
  ) => {
    const value = env[variable];
    if (value) file[key] = inner ? { ...section(key), [inner]: convert(value) } : convert(value);
  };
  set('PROBITY_DATABASE_URL', 'database');
  set('PROBITY_DATA_DIR', 'data');
  set('TEMPORAL_ADDRESS', 'temporal', 'address');
  set('TEMPORAL_NAMESPACE', 'temporal', 'namespace');
  set('PROBITY_HOST', 'serving', 'host');
  set('PROBITY_PORT', 'serving', 'port', Number);
  if (env['PROBITY_S3_BUCKET']) file['storage'] = { kind: 's3', bucket: env['PROBITY_S3_BUCKET'] };
  if (env['PROBITY_S3_BUCKET']) {
    set('PROBITY_S3_ENDPOINT', 'storage', 'endpoint');
    set('PROBITY_S3_REGION', 'storage', 'region');
  }
  return file;
}

function invalid(problems: readonly Problem[]): ProbityError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new ProbityError('INVALID_SPEC', `${PROJECT_FILE} has ${count}.`, { problems });
}
