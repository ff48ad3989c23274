/** A plain logistic regression to measure models against, and to study what outcomes of rejected applications would change. */
export { fitPlainLogistic, predictLogistic, type PlainLogistic } from './plain-logistic.ts';
export { fitRidgeLogistic, solveRidge, type LogisticFit } from './ridge-logistic.ts';
