import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { cancelAgreement, reviewAgreement, type ImprovementAgreement } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAgreements, type Agreements } from './index.ts';

const agreementOf = (agreementId: string, due = '2026-06-15'): ImprovementAgreement => ({
  agreementId,
  customerId: 'c-1',
  ratingId: 'r-1',
  agreedAt: '2026-06-01T00:00:00.000Z',
  agreedBy: 'li',
  target: { outcome: 'condition', grade: null },
  acts: [{ act: 'x', size: 5, due, measure: { field: 'features.x', to: 0, way: 'at-most' } }],
  due,
  before: { outcome: 'decline', grade: 'C3', pd: 0.4, score: 500 },
  promised: { outcome: 'approve', grade: 'B2', pd: 0.03, score: 580 },
  state: 'open',
  closedAt: null,
});

describe('stored agreements', () => {
  let server: TestDatabase;
  let agreements: Agreements;
  let others: Agreements;
  beforeAll(async () => {
    server = await startTestDatabase();
    agreements = createAgreements(server.database, 'acme' as Tenant);
    others = createAgreements(server.database, 'other' as Tenant);
  });
  afterAll(() => server?.stop());

  it('are put on record once, and belong to their tenant', async () => {
    await agreements.agree(agreementOf('a'));
    expect(await agreements.agree({ ...agreementOf('a'), due: '2027-01-01' })).toEqual({
      agreement: agreementOf('a'),
      revision: 0,
    });
    expect(await others.find('a')).toBeNull();
  });

  it('close once: of two changes to the same state the second is refused', async () => {
    const { agreement, revision } = await agreements.agree(agreementOf('b'));
    const kept = reviewAgreement(agreement, '2026-06-02T00:00:00.000Z', () => 0);
    await agreements.close(kept, revision, 'probity');
    const cancelled = cancelAgreement(agreement, '2026-06-03T00:00:00.000Z');
    await expect(agreements.close(cancelled, revision, 'li')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(agreements.close({ ...kept, agreementId: 'z' }, 0, 'li')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await agreements.find('b')).toEqual({ agreement: kept, revision: 1 });
    expect((await agreements.steps('b')).map(({ state, actor }) => [state, actor])).toEqual([
      ['open', 'li'],
      ['kept', 'probity'],
    ]);
  });

  it('that are open and due are found, the earliest first', async () => {
    await agreements.agree(agreementOf('c', '2026-05-01'));
    await agreements.agree(agreementOf('d', '2026-09-01'));
    expect((await agreements.dueBy('2026-06-30')).map(({ agreement }) => agreement.agreementId)).toEqual(['c', 'a']);
    expect((await agreements.ofCustomer('c-1')).map(({ agreement }) => agreement.agreementId)).toEqual([
      'd',
      'a',
      'b',
      'c',
    ]);
  });
});
