import { expect, test } from 'vitest';
import { parseProject } from '../../base/index.ts';
import { protectedPolicy, protectedUse } from './index.ts';

test('a project’s policy: what its views read cannot be used without a reason, and a declared feature not at all', () => {
  const project = (yaml: string) => parseProject(yaml, '/project');
  const use = (yaml: string, features: readonly string[], read: readonly string[]) =>
    protectedUse(features, protectedPolicy(project(yaml), read)).use;
  expect(use('', ['income'], [])).toBeNull();
  expect(use('', ['courtesy'], ['courtesy'])).toBe('benchmark-only');
  expect(use('training: { benchmarkOnly: true }', ['income'], [])).toBe('benchmark-only');
  const reason = 'protected: { permitted: [{ feature: courtesy, reason: counts letters }] }';
  expect(use(reason, ['courtesy'], ['courtesy'])).toBeNull();
  const declared = 'protected: { jurisdictions: [EU], features: [x7], permitted: [{ feature: x7, reason: why not }] }';
  expect(() => use(declared, ['x7'], [])).toThrow(expect.objectContaining({ code: 'PROTECTED_ATTRIBUTE' }));
});
