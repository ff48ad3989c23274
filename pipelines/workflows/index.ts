/** Every workflow that a worker runs, by its type name. */
export { dispute } from './dispute.ts';
export { eraseCustomers } from './erase-customers.ts';
export { behaviourSignals } from './behaviour-signals.ts';
export { customerReview } from './customer-review.ts';
export { deliverWebhooks } from './deliver-webhooks.ts';
export { earlyWarning } from './early-warning.ts';
export { monitor } from './monitor.ts';
export { referralCase } from './referral-case.ts';
export { reconcile } from './reconcile.ts';
export { refreshFeatures } from './refresh-features.ts';
export { rescorePortfolio } from './rescore-portfolio.ts';
export { riskReport } from './risk-report.ts';
export { retention } from './retention.ts';
export { retrain } from './retrain.ts';
export { scheduledRetrain } from './scheduled-retrain.ts';
export { shadowScore } from './shadow-score.ts';
export { touchedSignals } from './touched-signals.ts';
