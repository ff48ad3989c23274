import type { Logger } from 'pino';
import type { Clock, Tenant } from '../../base/index.ts';
import type { OverrideLaw } from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createOverrides, createStandingOverrides } from '../../records/overrides/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { OutcomeLookup, OverrideDesk } from '../overrides/desk.ts';
import { lookLoop } from './look-loop.ts';
import { overrideReport } from './override-report.ts';

/** Overrides whose end is put on record at one look. */
const AT_ONCE = 100;

/** Composes where a tenant's decisions are overridden; a loop puts on record that overrides have ended by their time. */
export function composeOverrides(of: {
  readonly tenant: Tenant;
  readonly database: Database;
  readonly appender: Appender;
  readonly pseudonyms: Pseudonyms;
  readonly law: OverrideLaw;
  readonly clock: Clock;
  readonly outcomes: OutcomeLookup | null;
  readonly logger: Logger;
}): { readonly desk: OverrideDesk; start(): void; close(): Promise<void> } {
  const { tenant, database, appender, pseudonyms, law, clock, outcomes, logger } = of;
  const overrides = createOverrides(database, tenant, appender);
  const standing = createStandingOverrides(database, tenant, (customerId) => pseudonyms.of(customerId));
  const expire = async (): Promise<void> => {
    while ((await overrides.expire(clock.now(), AT_ONCE)) === AT_ONCE);
  };
  const loop = lookLoop('overrides', [expire], { logger });
  const desk: OverrideDesk = {
    ...overrides,
    law,
    standing: (customerId, now, fresh) => standing.of(customerId, now, fresh),
    opened: (override) => standing.opened(override),
    report: (from, until) => overrideReport({ database, tenant, overrides }, { from, until }, clock.now(), outcomes),
  };
  return { desk, start: () => loop.start(), close: () => loop.stop() };
}
