/* oxlint-disable max-lines -- one table, in one place */
/** How one error code is answered over HTTP, and what its reader should do. */
export interface ErrorEntry {
  /** HTTP status of the API's answer. */
  readonly status: number;
  readonly title: string;
  readonly fix: string;
  /** A retry without any change may succeed. */
  readonly retryable: boolean;
}

/** Every error code of the system, in one table (docs/errors.md is generated from it and tested against it). */
export const ERRORS = {
  INVALID_SPEC: {
    status: 400,
    title: 'The specification is not valid',
    fix: 'Mend every problem listed, then run the command again.',
    retryable: false,
  },
  INVALID_INPUT: {
    status: 400,
    title: 'The input is not valid',
    fix: 'Mend every problem listed, then send it again.',
    retryable: false,
  },
  FILE_NOT_FOUND: {
    status: 400,
    title: 'A file is missing',
    fix: 'Check the path; it is read relative to the current folder.',
    retryable: false,
  },
  FILE_UNUSABLE: {
    status: 500,
    title: 'A file or folder cannot be used',
    fix: 'Check that the path is what it should be (a file, or a folder), that you may read or write it, and that the disk has room.',
    retryable: false,
  },
  WAREHOUSE_BUSY: {
    status: 503,
    title: 'The warehouse is held by another writer',
    fix: 'Wait until the other import or pipeline step has ended, or stop it; serving reads published snapshots and is never in the way.',
    retryable: true,
  },
  WAREHOUSE_MISSING: {
    status: 404,
    title: 'There is no warehouse yet',
    fix: 'Import data first: `probity import SPEC`.',
    retryable: false,
  },
  SOURCE_UNREADABLE: {
    status: 400,
    title: 'A source cannot be read',
    fix: 'Mend the source or how the spec describes it (format, delimiter, encoding, header, columns).',
    retryable: false,
  },
  IMPORT_REJECTED: {
    status: 422,
    title: 'Too many rows are bad; nothing was loaded',
    fix: 'Look at meta.quarantine for rows, columns and codes; mend the source or the spec, or raise threshold.max_bad_share.',
    retryable: false,
  },
  IMPORT_ABORTED: {
    status: 499,
    title: 'The import was stopped; nothing was loaded',
    fix: 'Run the import again.',
    retryable: true,
  },
  DATABASE_UNREACHABLE: {
    status: 503,
    title: 'The operational database does not answer',
    fix: 'Start it (`probity up`), or set databaseUrl to one that runs; `probity doctor` shows which is used.',
    retryable: true,
  },
  MIGRATION_ALTERED: {
    status: 500,
    title: 'The database and the migrations disagree',
    fix: 'Restore the migration file as released, and put the change into a new one.',
    retryable: false,
  },
  NOTHING_TO_DECIDE: {
    status: 409,
    title: 'No candidate waits for a decision',
    fix: 'Wait until the retraining has registered its candidate; its progress tells which step it is at.',
    retryable: false,
  },
  WORKFLOW_NOT_FOUND: {
    status: 404,
    title: 'There is no such workflow',
    fix: 'Check the workflow id; `probity retrain` starts one.',
    retryable: false,
  },
  WORKFLOW_FAILED: {
    status: 500,
    title: 'A workflow failed',
    fix: 'Mend what its message names, then start it again; the Temporal UI shows each attempt.',
    retryable: false,
  },
  CANDIDATE_DECIDED: {
    status: 409,
    title: 'The candidate has been decided',
    fix: 'Look at it with `probity models show`; retrain for a new candidate.',
    retryable: false,
  },
  DECISION_REFUSED: {
    status: 409,
    title: 'The decision is refused',
    fix: 'Mend every problem listed, then decide again.',
    retryable: false,
  },
  NOT_REGISTERED: {
    status: 404,
    title: 'The registry does not know it',
    fix: 'Check the id with `probity models list`.',
    retryable: false,
  },
  CONFLICT: {
    status: 409,
    title: 'It contradicts what is stored',
    fix: 'Look at what is stored, then send a new id or the same content.',
    retryable: false,
  },
  GOLDEN_NOT_PROVEN: {
    status: 409,
    title: 'The scoring engines are not proven equal',
    fix: 'Run the golden vectors on this artefact and mend what differs before registering it.',
    retryable: false,
  },
  STORAGE_FAILED: {
    status: 503,
    title: 'The artefact storage failed',
    fix: 'Check that the folder or bucket can be reached and written, then try again.',
    retryable: true,
  },
  STORAGE_ALTERED: {
    status: 500,
    title: 'A stored file is not what was stored',
    fix: 'Restore the folder from a backup; its content no longer has the hash that names it.',
    retryable: false,
  },
  VIEW_INVALID: {
    status: 400,
    title: 'A feature view is not valid',
    fix: 'Mend every problem listed in the view file; docs/features.md shows the format.',
    retryable: false,
  },
  VIEW_MISMATCH: {
    status: 409,
    title: 'A model and its feature views do not belong together',
    fix: 'Publish a snapshot with the views that the model was trained with, or promote a model trained with the present ones.',
    retryable: false,
  },
  SNAPSHOT_NOT_FOUND: {
    status: 404,
    title: 'There is no such feature snapshot',
    fix: 'Publish one by running a retraining or a refresh of the features.',
    retryable: false,
  },
  SNAPSHOT_ALTERED: {
    status: 500,
    title: 'A published snapshot is not what was published',
    fix: 'Publish it again from the warehouse, or restore its folder from a backup.',
    retryable: false,
  },
  DATASET_ALTERED: {
    status: 500,
    title: 'A saved data set does not have its stored hash',
    fix: 'Build the training set again from the warehouse.',
    retryable: false,
  },
  USAGE: {
    status: 400,
    title: 'The command was called wrongly',
    fix: 'Run it with --help to see what it takes.',
    retryable: false,
  },
  PROJECT_NOT_FOUND: {
    status: 400,
    title: 'This is not a Probity project',
    fix: 'Run the command inside a project folder, name one with --project, or make one with `probity init DIR`.',
    retryable: false,
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    title: 'A server that Probity needs does not answer',
    fix: 'Start the local stack with `probity up`, or check the address in probity.yaml; `probity doctor` tells which part is down.',
    retryable: true,
  },
  STACK_RUNNING: {
    status: 409,
    title: 'The local stack runs already',
    fix: 'Use the one that runs, or end it (Ctrl-C in its terminal), then try again.',
    retryable: false,
  },
  TOOL_MISSING: {
    status: 500,
    title: 'A part of the installation is missing',
    fix: 'Run `npm run setup` in the package; `probity doctor` tells which part is missing.',
    retryable: false,
  },
  NO_SLOT: {
    status: 422,
    title: 'No model slot matches',
    fix: 'Ask for a portfolio, segment and horizon that have a slot, or promote a model into a matching one.',
    retryable: false,
  },
  HORIZON_MISMATCH: {
    status: 422,
    title: 'The master scale is for another horizon',
    fix: 'Use a master scale of the model’s own horizon.',
    retryable: false,
  },
  RATING_REFUSED: {
    status: 422,
    title: 'The policy refuses to rate on these data',
    fix: 'Supply the missing or late data named in the problems, or change the rating policy.',
    retryable: false,
  },
  UNKNOWN_CUSTOMER: {
    status: 404,
    title: 'No such customer',
    fix: 'Check the customer id and the instant; a customer is known from its first acknowledged fact on.',
    retryable: false,
  },
  NOT_FOUND: {
    status: 404,
    title: 'No such address',
    fix: 'Check the path and the method against docs/api.md.',
    retryable: false,
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This address does not answer that method',
    fix: 'Use a method that the Allow header names.',
    retryable: false,
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The request body is too large',
    fix: 'Send less at once; for many rows use POST /v1/ratings:batch, which streams.',
    retryable: false,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The content type is not one that this address reads',
    fix: 'Send application/json; for batches application/x-ndjson or application/vnd.apache.arrow.stream.',
    retryable: false,
  },
  NO_CHAMPION: {
    status: 503,
    title: 'No champion is in production',
    fix: 'Approve a candidate with `probity models promote`, then ask again.',
    retryable: true,
  },
  NO_CHAMPION_THEN: {
    status: 422,
    title: 'The slot had no champion at that instant',
    fix: 'Ask for a later instant, or for today’s champion with "model": "today".',
    retryable: false,
  },
  CANNOT_LISTEN: {
    status: 500,
    title: 'The API cannot listen',
    fix: 'Choose another port (serving.port in probity.yaml, or --port), or end what holds it.',
    retryable: true,
  },
  NOT_READY: {
    status: 503,
    title: 'The server is not ready to rate',
    fix: 'See the problems listed by /readyz.',
    retryable: true,
  },
  INVALID_ARTEFACT: {
    status: 422,
    title: 'The model artefact is not sound',
    fix: 'Train the model again with this version of Probity.',
    retryable: false,
  },
  ARTEFACT_ALTERED: {
    status: 409,
    title: 'The model artefact was altered',
    fix: 'Restore the stored artefact from a backup, or train and register the model again.',
    retryable: false,
  },
  ENGINES_DISAGREE: {
    status: 409,
    title: 'The scoring engines do not agree on this model',
    fix: 'Do not use this model; report the golden report, which names the rows that differ.',
    retryable: false,
  },
  NOT_TRAINABLE: {
    status: 422,
    title: 'No model can be fitted on these data',
    fix: 'Mend every problem listed, then train again.',
    retryable: false,
  },
  TRAINING_FAILED: {
    status: 500,
    title: 'The training process failed',
    fix: 'Run it again: it resumes from the last finished step. If it fails twice, see its log.',
    retryable: true,
  },
  TRAINING_CANCELLED: {
    status: 409,
    title: 'The training was cancelled',
    fix: 'Start it again when you want it: it resumes from the last finished step.',
    retryable: false,
  },
  NO_TRAINING_DATA: {
    status: 422,
    title: 'There is too little to train on',
    fix: 'Import a longer history with known outcomes, or choose a shorter horizon or embargo.',
    retryable: false,
  },
  DATABASE_NOT_DURABLE: {
    status: 500,
    title: 'The database may lose what it has acknowledged',
    fix: 'Switch the settings that are named on in postgresql.conf (or for this user), restart PostgreSQL, and start again.',
    retryable: false,
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    title: 'This Idempotency-Key was used for another request',
    fix: 'Send a new key with a new request; the same key only to repeat the very same one.',
    retryable: false,
  },
  UNKNOWN_RATING: {
    status: 404,
    title: 'No such rating',
    fix: 'Use the ratingId as it was answered; a dry run records nothing and has none.',
    retryable: false,
  },
  RATING_ERASED: {
    status: 410,
    title: 'The rating was erased',
    fix: 'Nothing can bring it back; that it existed, when, and its hash remain in the audit chain.',
    retryable: false,
  },
  EVIDENCE_ALTERED: {
    status: 500,
    title: 'A rating does not follow from its evidence',
    fix: 'Run `probity audit verify`; restore what was altered from a backup.',
    retryable: false,
  },
  ENGINE_UNKNOWN: {
    status: 500,
    title: 'This version knows no such rating engine',
    fix: 'Use a Probity that has the engine: newer versions keep all older engines.',
    retryable: false,
  },
  PART_MISSING: {
    status: 500,
    title: 'A part that a rating was computed with is missing',
    fix: 'Restore the artefact or rules from a backup; ratings keep their hashes.',
    retryable: false,
  },
  AUDIT_CHAIN_BROKEN: {
    status: 500,
    title: 'The audit chain is not what was signed',
    fix: 'Run `probity audit verify`, which names the first bad record; restore the database from a backup that has it.',
    retryable: false,
  },
  KEY_UNUSABLE: {
    status: 500,
    title: 'A key of the project cannot be used',
    fix: 'Restore the keys folder of the project from its backup; all servers of a project need the same one.',
    retryable: false,
  },
  TIMESTAMP_REFUSED: {
    status: 502,
    title: 'The time-stamping authority gave no valid time stamp',
    fix: 'Check its address and that it speaks RFC 3161 over HTTP, then anchor again.',
    retryable: true,
  },
  INTERNAL: {
    status: 500,
    title: 'Something failed inside Probity',
    fix: 'Try again; if it happens twice, report it with the request id.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
