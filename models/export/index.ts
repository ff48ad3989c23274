/** Exports: one artefact in the forms that other systems run, each proven equal to the engines by golden vectors. */
export * from './export.ts';
export { exportJavaScript } from './javascript.ts';
export { exportOnnx, inputNames } from './onnx.ts';
export { scorePostgres } from './postgres.ts';
