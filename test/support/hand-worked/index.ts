import { CONDUCT } from './conduct.ts';
import { CREDIT } from './credit.ts';
import { INDUSTRIES } from './industries.ts';
import { INTEGRITY } from './integrity.ts';
import { PAYMENTS } from './payments.ts';
import type { Story } from './story.ts';

/** Small sets of facts whose signals were worked out by hand, a boundary and a look-alike for each view of signals. */
export const CUSTOMERS_WORKED: readonly Story[] = [...PAYMENTS, ...CREDIT, ...CONDUCT, ...INTEGRITY];
export const INDUSTRIES_WORKED: readonly Story[] = INDUSTRIES;
