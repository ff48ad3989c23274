import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { packageRoot, PROJECT_FILE, ProbityError } from '../base/index.ts';
import { RULE_FILES } from '../rating/index.ts';

/** Name of a project by its folder's name: what tenant and portfolio names allow. */
export function projectName(folder: string): string {
  const words = (resolve(folder).split(/[\\/]/).at(-1) ?? '').toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-');
  return words.replaceAll(/^[-_]+|[-_]+$/g, '').slice(0, 63) || 'main';
}

/**
 * Makes a project folder of the user's own: configuration, a spec to fill in, the rules, a folder for views. Answers the files made.
 * A folder that holds anything already is refused (INVALID_INPUT), so that nothing is overwritten.
 */
export async function makeProject(folder: string): Promise<readonly string[]> {
  const root = resolve(folder);
  await mkdir(root, { recursive: true });
  const present = (await readdir(root)).filter((name) => name !== '.git');
  if (present.length > 0) {
    throw new ProbityError('INVALID_INPUT', `${root} is not empty, so no project was made in it.`, {
      fix: `Name a new or empty folder, or write a ${PROJECT_FILE} there by hand.`,
    });
  }
  const files = { ...FILES, ...(await packagedRules()), [PROJECT_FILE]: projectFile(projectName(folder)) };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return Object.keys(files).sort();
}

/** Probity's own rules, for the user to change. */
async function packagedRules(): Promise<Record<string, string>> {
  const folder = join(packageRoot(), 'rating', 'scales');
  const texts = Object.values(RULE_FILES).map(async (file) => [
    `rules/${file}`,
    await readFile(join(folder, file), 'utf8'),
  ]);
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
}

function projectFile(name: string): string {
  return `# The configuration of this Probity project. Every key is optional; what is written here are the defaults.

# Who owns the data, and which portfolio is rated. Both become part of every stored thing.
tenant: default
portfolio: ${name}

# Folder of everything that Probity writes (warehouse, models, local servers' data). Do not commit it.
data: .probity

# Import specs, in order: see specs/customers.yaml.
specs: [specs/customers.yaml]

# Feature views of your own, one .sql file each, beside those of Probity.
views: views

# Rules of your own: points scale, master scale, rating policy. A file that is absent there is Probity's own.
rules: rules

# Servers. null: a local one, started by \`probity up\`.
# Secrets belong in the environment (PROBITY_DATABASE_URL), not in this file.
database: null
temporal:
  address: null
  namespace: default

# Where models and snapshots are kept: { kind: folder }, or { kind: s3, bucket: ..., endpoint: ..., region: ... }.
storage: { kind: folder }

# Where the API listens, and whom it lets in beside its own keys (probity keys).
serving:
  host: 127.0.0.1
  port: 8484
  # Web pages that may call it from a browser, such as https://crm.example.com.
  corsOrigins: []
  # Of one key, to one server.
  requestsPerMinute: 60000
  # Tokens of an OpenID Connect issuer: { issuer: ..., audience: ..., jwks: https://... }; see docs/api.md.
  oidc: null
  # Webhooks go to public https addresses; these allow private networks, and this machine, too.
  webhooks: { privateAddresses: false, loopback: false }

# What a default is: dpd (days past due), or status (codes of a status column at a date).
labels:
  horizonMonths: 12
  default: { kind: dpd, daysPastDue: 90 }

# A second target, with a slot of its own (probity retrain --target late-payment): an invoice more than so many days late.
# latePayment: { days: 30, horizonMonths: 6 }
latePayment: null

# PDs over several horizons by age, with a slot of its own (probity retrain --target term-structure): steps of so many months, up to the horizon.
# termStructure: { stepMonths: 3, horizonMonths: 36 }
termStructure: null

training:
  seed: 1
  # A customer is observed again after this many months.
  observationMonths: 6
  # Days between the last training outcome and the first test observation.
  embargoDays: 0
  # Features of the views that are left out of the model.
  exclude: []
  # A yardstick that never decides; it may use protected attributes.
  benchmarkOnly: false

# Whose protected attributes are refused as features (US, EU, UK, CN); null: every list is looked at, and a model that uses one is benchmark-only.
protected:
  jurisdictions: null
`;
}

const FILES: Readonly<Record<string, string>> = {
  'specs/customers.yaml': `# An import spec: which file fills which table, column by column, with its two clocks.
# Tables and their columns: docs/data-contracts.md of Probity. Any subset works.
# Add one entry per table, then run: probity import specs/customers.yaml
name: customers
currency: EUR
tables:
  - table: parties
    source: { path: ../data/customers.csv }
    # append: each key once; upsert: a file may hold newer versions; replace: keys that are absent were deleted.
    mode: upsert
    columns:
      # canonical column: column of the file
      party_id: customer_id
      # a constant
      kind: { value: person }
      segment: segment
      born_on: birth_date
    # When it happened, and when you learned it: a column, or a lag after it happened.
    happened: customer_since
    known: { lag: P1D }
    expected: { freshness: P31D }
`,
  'data/customers.csv': `customer_id,segment,birth_date,customer_since
C-001,retail,1984-05-17,2021-03-01
C-002,retail,1990-11-02,2022-07-15
C-003,premium,1971-01-29,2020-10-09
`,
  'views/README.md': `# Feature views

One \`.sql\` file per view. Copy one of Probity's own (features/views/) and change it; its header comment is its documentation,
and \`probity features docs\` lists it with the others. A view may read only facts known by its as-of instant.
`,
  'README.md': `# A Probity project

In this order:

    probity doctor                         # is everything installed?
    probity import specs/customers.yaml    # your data, checked against the contracts; bad rows go to quarantine
    probity features build                 # optional: look at the feature tables, as of now
    probity up                             # the local stack (PostgreSQL, Temporal, worker, API), until Ctrl-C

and in a second terminal:

    probity keys create ada --role modeller        # each person acts by a key of their own, shown this once
    probity keys create bo --role credit-manager
    PROBITY_KEY=<ada's> probity retrain            # a candidate model; needs outcomes (invoices, payments) in the data
    probity models show ID                         # how it validated
    PROBITY_KEY=<bo's> probity models promote ID   # a second person approves it; it serves from now on
    probity models list

    probity keys create crm --role applicant-system    # a key, shown this once: put it in KEY
    curl -s localhost:8484/v1/ratings -H "authorization: Bearer $KEY" -H 'content-type: application/json' -d '{"customerId": "C-001"}'

Who acts is the holder of the key in PROBITY_KEY, else the user who runs the command. Who asked for a model cannot approve it.

Configuration: probity.yaml. Specs: specs/. Views of your own: views/. Points, grades and rating policy: rules/.
`,
  '.gitignore': '.probity/\n',
};
