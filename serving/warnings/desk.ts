import type { Instant } from '../../base/index.ts';
import type { EarlyWarning, PersonalWarningEvent, WarningHandling } from '../../rating/index.ts';
import type { Receipted } from '../../records/followed/index.ts';
import type { CircleMember, RelatedWarning } from '../../records/signals/index.ts';
import type { StoredWarning, StoredWarningEvent, WarningPage } from '../../records/warnings/index.ts';

type Texts = { readonly en: string; readonly 'zh-CN': string };

/** What codes and signals are called, in both languages. */
export interface WarningWords {
  readonly codes: { readonly [code: string]: Texts };
  readonly signals: { readonly [signal: string]: Texts & { readonly unit: string } };
}

/** Where early warnings wait for people. */
export interface WarningDesk {
  /** Levels, countermeasures and staff, as the project has them. */
  readonly handling: WarningHandling;
  words(): Promise<WarningWords>;
  /** Warnings in the order of their opening. */
  page(options: WarningPage): Promise<readonly StoredWarning[]>;
  /** With what was done to it, and the standing warnings of the customer, its group and those with equal identity data. Throws UNKNOWN_WARNING. */
  find(
    warningId: string,
  ): Promise<
    StoredWarning & { readonly events: readonly StoredWarningEvent[]; readonly related: readonly RelatedWarning[] }
  >;
  /** Other customers whom it concerns, in order of their ids after a place; of a group or a ring with what was seen of each. Throws UNKNOWN_WARNING. */
  members(warningId: string, after: string, limit: number): Promise<readonly CircleMember[]>;
  /** Acts on a warning; when it resolves, that is stored. Throws UNKNOWN_WARNING, WARNING_REFUSED, WARNING_CLOSED, SERVICE_UNAVAILABLE. */
  act(warningId: string, event: PersonalWarningEvent): Promise<Receipted<EarlyWarning>>;
  /** Warnings opened within [from, until). */
  opened(from: Instant, until: Instant): Promise<readonly EarlyWarning[]>;
}
