/** What the notebooks use beside the product itself: the portfolio, tables of three libraries into each other, and plots. */
export { portfolio, type NotebookPortfolio } from './portfolio.ts';
export * from './tables/index.ts';
export { COLOURS, Plot, svg } from './plot.ts';
export { rowsHtml, waterfall, type Step } from './show.ts';
