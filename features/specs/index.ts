/** Import specs: YAML files of the user's own, checked once and normalised. */
export * from './flat-spec.ts';
export * from './parse-yaml.ts';
