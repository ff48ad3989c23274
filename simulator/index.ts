/** Demo portfolios of known truth: `simulate` writes canonical tables whose defaults come from latent cash flows. */
export { simulate, type SimulatedPortfolio, type SimulationOptions } from './simulate.ts';
