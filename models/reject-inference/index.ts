/** Reject inference: what outcomes of rejected applications are assumed to be, and how much the assumption moves a model. */
export { fuzzyOutcomes, parcelledOutcomes, raisedOdds } from './outcomes.ts';
export { rejectSensitivity, type RejectScenario, type RejectSensitivity } from './sensitivity.ts';
