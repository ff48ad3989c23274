import type { Clock, Tenant } from '../../base/index.ts';
import type { OverrideLaw } from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createOverrides, createStandingOverrides } from '../../records/overrides/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { OutcomeLookup, OverrideDesk } from '../overrides/desk.ts';
import { overrideReport } from './override-report.ts';

/** Composes where a tenant's decisions are overridden. */
export function composeOverrides(of: {
  readonly tenant: Tenant;
  readonly database: Database;
  readonly appender: Appender;
  readonly pseudonyms: Pseudonyms;
  readonly law: OverrideLaw;
  readonly clock: Clock;
  readonly outcomes: OutcomeLookup | null;
}): OverrideDesk {
  const { tenant, database, appender, pseudonyms, law, clock, outcomes } = of;
  const overrides = createOverrides(database, tenant, appender);
  const standing = createStandingOverrides(database, tenant, (customerId) => pseudonyms.of(customerId));
  return {
    ...overrides,
    law,
    standing: (customerId, now, fresh) => standing.of(customerId, now, fresh),
    report: (from, until) => overrideReport({ database, tenant, overrides }, { from, until }, clock.now(), outcomes),
  };
}
