/** Signals: what is watched about customers and industries, point in time, apart from the features of models, with the facts behind. */
export * from './load-signals.ts';
export * from './signals.ts';
export type { SignalScope, SignalSource } from './signal-facts.ts';
