import { expect, it } from 'vitest';
import { systemClock } from '../../base/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import { scoringWork } from './scoring-work.ts';

it('a portfolio whose segments alone have champions is not scored, and is told which slot lacks one and what to do', async () => {
  const asked: (string | null)[] = [];
  const work = scoringWork({
    clock: systemClock,
    champions: {
      championAt: async ({ segment }: Slot) => {
        asked.push(segment);
        return segment === null ? null : { modelHash: 'of-a-segment' };
      },
    } as never,
    snapshots: {} as never,
    registry: {} as never,
    storage: {} as never,
    bases: {} as never,
  });
  await expect(work.target({ portfolio: 'main', segment: null, horizonMonths: 12 })).rejects.toMatchObject({
    code: 'NO_CHAMPION',
    message: 'The slot main/*/12m has no champion to score the portfolio with.',
    fix: expect.stringContaining('Champions of single segments rate their customers and score no portfolio.') as string,
  });
  expect(asked).toEqual([null]);
});
