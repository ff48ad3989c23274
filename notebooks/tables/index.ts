/** danfojs, Arrow and DuckDB into each other: every value is kept, or the conversion is refused by column. */
export { arrowFromDuckdb, duckdbFromArrow } from './duckdb.ts';
export { arrowFromDanfo, danfoFromArrow, danfoFromDuckdb, duckdbFromDanfo, type DanfoOptions } from './danfo.ts';
