/** The customer credit file: identity, contacts, documents, guarantees, reviews, notes; every version kept, by both clocks. */
export * from './check-digits.ts';
export * from './audiences.ts';
export * from './credit-file.ts';
export * from './entries.ts';
export * from './report-links.ts';
export * from './report.ts';
