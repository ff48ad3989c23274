import { describe, expect, it } from 'vitest';
import { createClosers } from './closers.ts';

describe('what was opened', () => {
  it('is closed once, the last first, whatever fails on the way; the first failure is told', async () => {
    const closers = createClosers();
    const closed: string[] = [];
    for (const name of ['database', 'records', 'desks', 'notices'])
      closers.push(async () => {
        closed.push(name);
        if (name === 'desks' || name === 'records') throw new Error(`${name} would not close`);
      });
    await expect(closers.close()).rejects.toThrow('desks would not close');
    expect(closed).toEqual(['notices', 'desks', 'records', 'database']);
    await closers.close();
    expect(closed).toHaveLength(4);
  });
});
