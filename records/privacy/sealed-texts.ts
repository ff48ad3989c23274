import type { KyselyPlugin } from 'kysely';
import { isProbityError, type Tenant } from '../../base/index.ts';
import { openPseudonymKey } from '../checkpoints/index.ts';
import type { Database, FreeTexts } from '../database/index.ts';
import { pseudonymsUnder } from '../ratings/index.ts';
import { masterKeyFile, openMasterKeys } from './master-keys.ts';
import { createVault, isSealedText, type Vault } from './vault.ts';

/** Names of fields that hold what people write, in what they do to cases, warnings, reviews, disputes and overrides: texts, or lists of texts. */
const FREE: ReadonlySet<string> = new Set(['reason', 'note', 'claim', 'documents', 'documentsAwaited']);

/** Columns that hold such things. */
const COLUMNS = ['body', 'event'] as const;

/** What is shown in place of a text whose key an erasure has destroyed. */
const GONE = '(erased)';

/** What is shown in place of a text that does not open: it was altered, or moved from another customer. */
const UNREADABLE = '(unreadable)';

/** Whether a field holds what people write. */
function isFreeField(name: string, value: unknown): boolean {
  return FREE.has(name) && (typeof value === 'string' || Array.isArray(value));
}

/** A copy of a value with its texts changed; `isFree`: whether the present field holds what people write. */
function mapped(value: unknown, change: (text: string, isFree: boolean) => string, isFree = false): unknown {
  if (typeof value === 'string') return change(value, isFree);
  if (Array.isArray(value)) return value.map((each) => mapped(each, change, isFree));
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, mapped(inner, change, isFreeField(name, inner))]),
  );
}

/** The sealed texts in the free fields of a value, found without a copy: most of what is read is large and has none. What lies elsewhere (an id that somebody chose) is no text of a person, whatever it looks like. */
function sealedTextsOf(value: unknown, found: string[] = [], isFree = false): string[] {
  if (typeof value === 'string') {
    if (isFree && isSealedText(value)) found.push(value);
  } else if (Array.isArray(value)) {
    for (const each of value) sealedTextsOf(each, found, isFree);
  } else if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    for (const [name, inner] of Object.entries(value)) sealedTextsOf(inner, found, isFreeField(name, inner));
  }
  return found;
}

/** What sealed texts say; null: one that does not open. */
type Texts = ReadonlyMap<string, string | null>;

/** A copy of a value with its sealed texts as they were written. */
function opened<Value>(value: Value, texts: Texts): Value {
  return mapped(value, (text, isFree) => {
    if (!isFree || !isSealedText(text)) return text;
    const said = texts.get(text);
    return said === null ? UNREADABLE : (said ?? GONE);
  }) as Value;
}

/** Opens the sealed texts of what a query read, with one look at the keys; rows without any stay as they are. */
function opening(open: (sealed: readonly string[]) => Promise<Texts>): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const held = result.rows.map((row) => COLUMNS.flatMap((name) => sealedTextsOf(row[name])));
      const sealed = new Set(held.flat());
      if (sealed.size === 0) return result;
      const texts = await open([...sealed]);
      const rows = result.rows.map((row, i) => {
        if (held[i]?.length === 0) return row;
        return {
          ...row,
          ...Object.fromEntries(COLUMNS.flatMap((name) => (name in row ? [[name, opened(row[name], texts)]] : []))),
        };
      });
      return { ...result, rows };
    },
  };
}

/** Told of sealed texts that do not open: the error's code, and how many. */
export type BrokenTexts = (code: 'SEAL_BROKEN', texts: number) => void;

/** The database, with what seals free texts on their way in, and opens them on their way out. Texts of before lie as they were written, and are read as they are. */
export function withFreeTexts(
  database: Database,
  vault: Pick<Vault, 'textSealer' | 'openTexts'>,
  broken: BrokenTexts = () => {},
): Database {
  const open = async (sealed: readonly string[]): Promise<Texts> => {
    const found = await vault.openTexts(sealed);
    const unread = [...found.values()].filter((text) => text === null).length;
    if (unread > 0) broken('SEAL_BROKEN', unread);
    return found;
  };
  const texts: FreeTexts = {
    async seal(customerId, value) {
      // Without a key nothing is sealed: a sealed text of somebody else, written here, would be opened to whoever reads it.
      if (customerId === null)
        return sealedTextsOf(value).length === 0
          ? value
          : (mapped(value, (text, isFree) => (isFree && isSealedText(text) ? UNREADABLE : text)) as typeof value);
      let has = false;
      mapped(value, (text, isFree) => {
        has ||= isFree;
        return text;
      });
      if (!has) return value;
      try {
        const seal = await vault.textSealer(customerId);
        return mapped(value, (text, isFree) => (isFree ? seal(text) : text)) as typeof value;
      } catch (error) {
        if (isProbityError(error, 'SUBJECT_ERASED')) return null;
        throw error;
      }
    },
    async open(value) {
      const sealed = sealedTextsOf(value);
      if (sealed.length === 0) return value;
      return opened(value, await open(sealed));
    },
  };
  return { ...database, db: database.db.withPlugin(opening(open)), texts };
}

/** The same, under the keys of a tenant's folder. */
export async function openFreeTexts(
  database: Database,
  tenant: Tenant,
  keys: string,
  broken?: BrokenTexts,
): Promise<Database> {
  const pseudonyms = pseudonymsUnder(await openPseudonymKey(keys));
  const masterKeys = await openMasterKeys(masterKeyFile(keys));
  return withFreeTexts(database, createVault(database, tenant, masterKeys, pseudonyms), broken);
}
