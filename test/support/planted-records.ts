import { expect } from 'vitest';
import {
  defaultAuthority,
  defaultStandards,
  loadPortfolioAssumptions,
  loadRuleFiles,
  openReview,
  portfolioReport,
  readLossFile,
} from '../../rating/index.ts';
import { createMonitoringReports, createPortfolioReports } from '../../records/reports/index.ts';
import { createReviews } from '../../records/reviews/index.ts';
import { monitoringReport } from '../serving/monitoring-report.ts';
import { customer, PERSON, plantPerson } from './planted-person.ts';
import type { RunningProject } from './running-project.ts';

/** The parameters of addresses in the OpenAPI document, each with ids of what stands. */
export interface PlantedRecords {
  readonly customerId: readonly string[];
  readonly ratingId: readonly string[];
  readonly noticeId: readonly string[];
  readonly keyId: readonly string[];
  readonly proposalId: readonly string[];
  readonly caseId: readonly string[];
  readonly reviewId: readonly string[];
  readonly webhookId: readonly string[];
  readonly deliveryId: readonly string[];
  readonly warningId: readonly string[];
  /** On the portfolio, on control, on a model, on a customer. */
  readonly reportId: readonly [portfolio: string, control: string, monitoring: string, customer: string];
  readonly kind: readonly string[];
  readonly entryId: readonly string[];
  readonly agreementId: readonly string[];
  readonly disputeId: readonly string[];
  readonly linkId: readonly string[];
  readonly token: readonly string[];
}

/**
 * Puts one of every kind of record that an address can name into a project: a person with all about them (`plantPerson`), and what is of the tenant.
 * Each request must have done what it was for, else the planting fails with what was answered.
 */
export async function plantRecords(running: RunningProject): Promise<PlantedRecords> {
  const { ratingId, sharedPath } = await plantPerson(running);
  const made = async (path: string, body: unknown, status = 201): Promise<Record<string, unknown>> => {
    const answer = await running.ask('POST', path, body);
    expect([path, answer.status, answer.text.slice(0, 2000)]).toEqual([path, status, expect.any(String)]);
    return answer.body ?? {};
  };
  const id = (of: Record<string, unknown>, name: string): string => {
    expect(of[name], name).toEqual(expect.stringMatching(/^[\w~-]+$/));
    return String(of[name]);
  };
  const day = 86_400_000;
  const at = (days: number): string => new Date(Date.now() + days * day).toISOString();

  const other = await made('/v1/ratings', { customerId: 'C-001', request: { amount: '900' } }, 200);
  const notice = await made(`/v1/ratings/${ratingId}/notices`, {
    language: 'zh-CN',
    jurisdiction: 'CN',
    channel: 'handed-over',
  });
  const key = await made('/v1/keys', { name: 'bi', roles: ['viewer'] });
  const { files } = (await running.ask('GET', '/v1/rules')).body ?? {};
  const { 'loss.json': loss } = files as { readonly 'loss.json': unknown };
  const proposal = await made('/v1/rules/proposals', { files: { 'loss.json': loss }, note: 'planted' });
  const review = openReview(
    {
      reviewId: `review-${ratingId}`,
      customerId: PERSON.id,
      because: ['request'],
      findings: {
        now: {
          ratingId,
          asOf: new Date().toISOString(),
          pd: 0.05,
          score: 584,
          grade: 'B3',
          outcome: 'refer',
          limit: 80_000,
          exposure: 900,
          validUntil: at(180),
        },
        before: null,
        changes: [],
        lapsedDocuments: [],
      },
      dueAt: at(14),
      asked: { actor: 'key:officer', reason: PERSON.reason },
    },
    defaultAuthority(),
    new Date().toISOString(),
  );
  await createReviews(running.database, running.project.tenant).open(review);
  const webhook = await made('/v1/webhooks', {
    name: 'erp',
    url: 'https://hooks.example.com/probity',
    types: ['rating', 'limit', 'warning'],
  });
  const webhookId = id(webhook, 'webhookId');
  const delivery = await made(`/v1/webhooks/${webhookId}/test`, undefined, 202);
  const control = await made('/v1/reports/control', { from: at(-30), to: at(-1) });
  const onCustomer = await made(customer('/risk-reports'), undefined);
  const dispute = await made(customer('/disputes'), { about: { kind: 'rating', ratingId }, claim: PERSON.reason });
  const link = await made(customer('/report-links'), { audience: 'partner', language: 'zh-CN', expiresAt: at(1) });
  await made(customer('/legal-bases'), { action: 'grant', source: 'invoices' });
  for (const [kind, body] of Object.entries({
    document: { kind: 'financial-statements', title: 'Planted statements', issuedOn: '2026-01-31' },
    guarantee: { kind: 'personal', guarantor: PERSON.name, amount: '1200.50', currency: 'CNY' },
  }))
    await made(customer(`/file/${kind}`), { body });
  // The small model reads features of no view, so that nobody can be scored by it in the warehouse: the report is made of figures.
  const portfolio = await createPortfolioReports(running.database, running.project.tenant).keep(
    portfolioReport(
      {
        customers: [PERSON.id, 'C-001'],
        segments: ['retail', null],
        vintages: Int32Array.of(2020, 2021),
        pd: Float64Array.of(0.05, 0.2),
        previousPd: Float64Array.of(Number.NaN, 0.1),
        exposure: Float64Array.of(900, 300),
        sales: Float64Array.of(Number.NaN, 10),
      },
      { asOf: '2026-05-01T00:00:00.000Z', snapshotId: 's', modelHash: 'm', scores: 'h', before: null },
      {
        masterScale: defaultStandards().masterScale,
        loss: readLossFile(loadRuleFiles(null)),
        assumptions: loadPortfolioAssumptions(null),
      },
    ),
  );
  const { reportId: _, madeAt: __, ...onModel } = monitoringReport;
  const monitoring = await createMonitoringReports(running.database, running.project.tenant).keep(onModel, null);
  return {
    customerId: [PERSON.id, 'C-001', 'C-002', 'C-003'],
    ratingId: [ratingId, id(other, 'ratingId')],
    noticeId: [id(notice, 'noticeId')],
    keyId: [id(key, 'keyId')],
    proposalId: [id(proposal, 'proposalId')],
    caseId: [ratingId],
    reviewId: [review.reviewId],
    webhookId: [webhookId],
    deliveryId: [id(delivery, 'deliveryId')],
    warningId: ['warning-1'],
    reportId: [portfolio, id(control, 'reportId'), monitoring.reportId, id(onCustomer, 'reportId')],
    kind: ['note', 'contact', 'document', 'guarantee', 'identity'],
    entryId: ['identity'],
    agreementId: ['agreement-1'],
    disputeId: [id(dispute, 'disputeId')],
    linkId: [id(link, 'linkId')],
    token: [sharedPath.slice('/shared/'.length)],
  };
}
