import { expect, it } from 'vitest';
import { noAlerts } from '../../test/serving/desk.ts';
import { monitoringReport } from '../../test/serving/monitoring-report.ts';
import { createMetrics } from './metrics.ts';

it('a database that does not answer leaves the deliveries of webhooks out of the metrics, and the others stand', async () => {
  let asked = 0;
  let isThere = true;
  const { registry, factsAccepted } = createMetrics(
    {
      counts: async () => {
        asked++;
        if (!isThere) throw new Error('no database');
        return { pending: 1, delivered: 5, dead: 2, retries: 7 };
      },
    },
    {
      newest: async () => {
        throw new Error('no database');
      },
      gaps: async () => {
        throw new Error('no database');
      },
    },
    noAlerts,
  );
  factsAccepted(3);
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => /^probity_(webhook|facts)/.test(line));
  const facts = 'probity_facts_total 3';
  expect(await lines()).toEqual([
    facts,
    'probity_webhook_deliveries{state="pending"} 1',
    'probity_webhook_deliveries{state="delivered"} 5',
    'probity_webhook_deliveries{state="dead"} 2',
    'probity_webhook_retries 7',
  ]);
  expect(asked).toBe(1);
  isThere = false;
  expect(await lines()).toEqual([facts]);
});

it('what people were told is counted by kind and fate', async () => {
  const deliveries = { counts: async () => ({ pending: 0, delivered: 0, dead: 0, retries: 0 }) };
  const { registry } = createMetrics(deliveries, { newest: async () => [], gaps: async () => [] }, noAlerts);
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('probity_alert'));
  expect(lines).toEqual([
    'probity_alerts{kind="warning"} 3',
    'probity_alerts{kind="monitoring"} 1',
    'probity_alerts{kind="report"} 2',
    'probity_alerts{kind="reconciliation"} 5',
    'probity_alerts{kind="webhook"} 6',
    'probity_alerts{kind="dispute"} 7',
    'probity_alerts{kind="case"} 8',
    'probity_alerts{kind="review"} 9',
    'probity_alert_mails{state="pending"} 1',
    'probity_alert_mails{state="delivered"} 4',
    'probity_alert_mails{state="dead"} 1',
    'probity_alert_mail_retries 6',
    'probity_alerts_escalated 1',
  ]);
});

it('the newest report on each model is told in figures, by feature and segment, and what is not known is left out', async () => {
  const deliveries = { counts: async () => ({ pending: 0, delivered: 0, dead: 0, retries: 0 }) };
  const { registry } = createMetrics(
    deliveries,
    {
      newest: async () => [monitoringReport],
      gaps: async () => [{ slot: 'trade/farm/12m', model: 'm', code: 'NO_REFERENCE', message: 'gone' } as never],
    },
    noAlerts,
  );
  const { slot, model } = monitoringReport;
  const told = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('probity_monitoring') && !line.includes('age_seconds'))
    .map((line) => line.replace(`slot="${slot}",model="${model}"`, '').replace(/^probity_monitoring_/, ''));
  expect(told).toEqual([
    'alarm{} 1',
    'significant{} 1',
    'evidence{} 250',
    'broken_inputs{} 0',
    'customers{} 1200',
    'score_psi{,segment="*"} 0.3',
    'feature_csi{,segment="*",feature="<i>sales</i>"} 0.4',
    'feature_missing{,segment="*",feature="<i>sales</i>"} 0.1',
    'measure{,measure="gradeShift"} 0.2',
    'estimated_auc{,method="CBPE"} 0.1',
    'estimated_bad_rate{,method="CBPE"} 0.1',
    'matured_ks{} 0',
    'matured_bad_rate{} 0.2',
    'matured_auc{} 0.5',
    'not_followed{slot="trade/farm/12m",model="m",code="NO_REFERENCE"} 1',
  ]);
});

it('what was told of slots that are not followed stands while the database does not answer', async () => {
  const deliveries = { counts: async () => ({ pending: 0, delivered: 0, dead: 0, retries: 0 }) };
  let isThere = true;
  const gaps = async () => {
    if (!isThere) throw new Error('no database');
    return [{ slot: 'trade/farm/12m', model: 'm', code: 'NO_REFERENCE' } as never];
  };
  const { registry } = createMetrics(deliveries, { newest: async () => [], gaps }, noAlerts);
  const lines = async () => (await registry.metrics()).split('\n').filter((line) => /^probity_\w+_followed/.test(line));
  const told = ['probity_monitoring_not_followed{slot="trade/farm/12m",model="m",code="NO_REFERENCE"} 1'];
  expect(await lines()).toEqual(told);
  isThere = false;
  expect(await lines()).toEqual(told);
});
