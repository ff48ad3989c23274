import { expect, it } from 'vitest';
import { isReservedActor, sameActor } from './actor.ts';

it.each([
  ['cli:ada', 'ada'],
  ['cli:ada', 'key:ada'],
  ['key:Ada ', 'KEY:ａｄａ'],
  ['ada', 'key:ada'],
])('%s and %s are taken to be one person, so neither is the second pair of eyes of the other', (one, other) => {
  expect(sameActor(one, other)).toBe(true);
  expect(sameActor(other, one)).toBe(true);
});

it.each([
  ['cli:ada', 'cli:bob'],
  ['key:ada', 'key:ada-2'],
  ['system:reviews', 'reviews'],
])('%s and %s are two', (one, other) => {
  expect(sameActor(one, other)).toBe(false);
});

it('nobody else acts under a name that records take for a key, somebody at the command line, or the system', () => {
  for (const name of ['key:x', 'CLI:x', 'ｓystem:x', 'probity', ' Schedule', 'mail​outbox'])
    expect(isReservedActor(name)).toBe(true);
  for (const name of ['ada', 'keyed', 'the system: us']) expect(isReservedActor(name)).toBe(false);
});
