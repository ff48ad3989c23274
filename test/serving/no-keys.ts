import { ProbityError } from '../../base/index.ts';
import type { Keys } from '../../records/keys/index.ts';

const none = (): never => {
  throw new ProbityError('UNKNOWN_KEY', 'There is no key with this id.');
};
/** No key was ever made, for tests that are not about who asks. */
export const noKeys: Keys = {
  create: async () => none(),
  createFirst: async () => null,
  list: async () => [],
  get: async () => none(),
  find: async () => null,
  rotate: async () => none(),
  revoke: async () => none(),
  used: async () => {},
};
