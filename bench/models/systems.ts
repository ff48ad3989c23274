/** A system of ours: how `probity train` is called for it. */
export interface OwnSystem {
  readonly name: string;
  /** Arguments of `probity train` after the spec and the files. */
  readonly train: readonly string[];
}

/** Ours, first the one that decides. */
export const OURS: readonly OwnSystem[] = [
  { name: 'champion', train: [] },
  { name: 'deep', train: ['--kind', 'deep'] },
];

/** The systems that people use today, as train_peers.py names them. LightGBM is the one to be ahead of. */
export const PEERS = ['lightgbm', 'xgboost', 'catboost', 'ebm', 'woe_scorecard', 'logistic'] as const;
export const REFERENCE = 'lightgbm';

const LABELS: Readonly<Record<string, string>> = {
  champion: 'Probity champion (glass box)',
  deep: 'Probity challenger (deep)',
  lightgbm: 'LightGBM, tuned',
  xgboost: 'XGBoost',
  catboost: 'CatBoost',
  ebm: 'EBM',
  woe_scorecard: 'WoE scorecard',
  logistic: 'logistic',
};

export const labelOf = (system: string): string => LABELS[system] ?? system;
