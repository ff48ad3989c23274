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

/** A copy of a value with its texts changed; `isFree`: whether the present field holds what people write. */
function mapped(value: unknown, change: (text: string, isFree: boolean) => string, isFree = false): unknown {
  if (typeof value === 'string') return change(value, isFree);
  if (Array.isArray(value)) return value.map((each) => mapped(each, change, isFree));
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      mapped(inner, change, FREE.has(name) && (typeof inner === 'string' || Array.isArray(inner))),
    ]),
  );
}

/** The sealed texts of a value. */
function sealedTextsOf(value: unknown): string[] {
  const sealed: string[] = [];
  mapped(value, (text) => {
    if (isSealedText(text)) sealed.push(text);
    return text;
  });
  return sealed;
}

/** A copy of a value with its sealed texts as they were written. */
function opened<Value>(value: Value, texts: ReadonlyMap<string, string>): Value {
  return mapped(value, (text) => (isSealedText(text) ? (texts.get(text) ?? GONE) : text)) as Value;
}

/** Opens the sealed texts of what a query read, with one look at the keys; rows without any stay as they are. */
function opening(vault: Pick<Vault, 'openTexts'>): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const held = result.rows.map((row) => COLUMNS.flatMap((name) => sealedTextsOf(row[name])));
      const sealed = new Set(held.flat());
      if (sealed.size === 0) return result;
      const texts = await vault.openTexts([...sealed]);
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

/** The database, with what seals free texts on their way in, and opens them on their way out. Texts of before lie as they were written, and are read as they are. */
export function withFreeTexts(database: Database, vault: Pick<Vault, 'textSealer' | 'openTexts'>): Database {
  const texts: FreeTexts = {
    async seal(customerId, value) {
      if (customerId === null) return value;
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
      return opened(value, await vault.openTexts(sealed));
    },
  };
  return { ...database, db: database.db.withPlugin(opening(vault)), texts };
}

/** The same, under the keys of a tenant's folder. */
export async function openFreeTexts(database: Database, tenant: Tenant, keys: string): Promise<Database> {
  const pseudonyms = pseudonymsUnder(await openPseudonymKey(keys));
  const masterKeys = await openMasterKeys(masterKeyFile(keys));
  return withFreeTexts(database, createVault(database, tenant, masterKeys, pseudonyms));
}
