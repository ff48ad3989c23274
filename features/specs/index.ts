/** Import specs: YAML files of the user's own, checked once and normalised. */
export * from './duration.ts';
export * from './flat-spec.ts';
export * from './parse-flat.ts';
export * from './parse-relational.ts';
export * from './parse-yaml.ts';
export * from './relational-spec.ts';
