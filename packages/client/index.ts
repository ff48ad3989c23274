/** A client of the Probity API, generated from its OpenAPI document: typed, without dependencies. */
export * from './client.ts';
export type * from './generated.ts';
export { operations } from './generated.ts';
export * from './webhook.ts';
