/** How teams keep to what they are held to: reviews, warnings, overrides, with intervals and a minimum sample. */
export * from './control-schema.ts';
export * from './policy.ts';
export * from './report.ts';
