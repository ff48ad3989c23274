import { expect, it } from 'vitest';
import { sharedTurn } from './turn.ts';

it('lets those who wait in one turn go on together, in the order in which they came, and who comes later in a turn of his own', async () => {
  const turn = sharedTurn();
  const seen: string[] = [];
  const walk = async (name: string): Promise<void> => {
    await turn();
    seen.push(`${name} begins`);
    await Promise.resolve();
    seen.push(`${name} ends`);
  };
  const first = [walk('one'), walk('two')];
  expect(turn()).toBe(turn());
  expect(seen).toEqual([]);
  await Promise.all(first);
  expect(seen).toEqual(['one begins', 'two begins', 'one ends', 'two ends']);
  const before = turn();
  await before;
  expect(turn()).not.toBe(before);
});
