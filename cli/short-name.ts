/** Characters of an id or hash that name a candidate or a model, at least. */
export const LEAST_PREFIX = 4;
