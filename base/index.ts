/** The ground floor: what every folder may use, and nothing of theirs. */
export * from './abandoned.ts';
export * from './clock.ts';
export * from './csv.ts';
export * from './error-codes.ts';
export * from './errors.ts';
export * from './files.ts';
export * from './hash.ts';
export * from './home.ts';
export * from './ids.ts';
export * from './instant.ts';
export * from './language.ts';
export * from './progress.ts';
export * from './random.ts';
export * from './project.ts';
export * from './project-file.ts';
export * from './schema-problems.ts';
export * from './sql.ts';
