/** What a customer can do to reach approval or the next grade: the cheapest acts, exactly, verified by deciding anew; and agreements to do them. */
export * from './act-schema.ts';
export * from './acts.ts';
export * from './advise.ts';
export * from './advisor.ts';
export * from './agreement-report.ts';
export * from './agreements.ts';
export * from './render.ts';
export * from './target.ts';
