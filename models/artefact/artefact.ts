import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash, ProbityError, writeFileAtomic, type Json } from '../../base/index.ts';
import { DEEP_FORMAT } from './formats.ts';
import type { Artefact } from './glass-box.ts';
import { directionProblems } from './directions.ts';
import { artefactSchema, structuralProblems } from './schema.ts';

/** Name of the file that holds an artefact inside its folder. */
export const ARTEFACT_FILE = 'model.json';

/** An artefact with the content hash that names it. */
export interface NamedArtefact {
  readonly hash: string;
  readonly artefact: Artefact;
}

/** The name of an artefact: SHA-256 of its canonical JSON. */
export function artefactHash(artefact: Artefact): string {
  return contentHash(artefact as unknown as Json);
}

/**
 * Reads anything as an artefact: shape, how its parts fit (ascending edges, lengths, indexes), and that declared directions hold.
 * Throws INVALID_ARTEFACT with every problem at once, GLASS_BOX_ONLY for a deep challenger.
 */
export function validateArtefact(value: unknown): Artefact {
  if ((value as { format?: unknown } | null)?.format === DEEP_FORMAT) {
    throw new ProbityError('GLASS_BOX_ONLY', 'This is a deep challenger; only a glass box can do this.');
  }
  const parsed = artefactSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, 50)
      .map((issue) => ({ at: issue.path.map(String).join('.'), message: issue.message }));
    throw new ProbityError('INVALID_ARTEFACT', 'This is not a model artefact that this version can read.', {
      problems,
    });
  }
  const artefact: Artefact = parsed.data;
  const structural = structuralProblems(artefact);
  const problems = structural.length > 0 ? structural : directionProblems(artefact.model);
  if (problems.length > 0) {
    throw new ProbityError('INVALID_ARTEFACT', 'The parts of this model artefact do not fit each other.', { problems });
  }
  return artefact;
}

/** What training adds to a fitted model to make it an artefact: everything but the model itself. */
export type ArtefactDetails = Omit<Artefact, 'format' | 'model' | 'calibration' | 'outOfFold'>;

/** What an artefact takes from a fit: model, calibration and out-of-fold performance. */
export type FittedParts = Pick<Artefact, 'model' | 'calibration'> & {
  readonly outOfFold: { readonly auc: number; readonly logLoss: number };
};

/** Joins a fitted glass box and where it comes from into an artefact, checked; throws INVALID_ARTEFACT where the fit is not sound. */
export function buildArtefact(fitted: FittedParts, details: ArtefactDetails): Artefact {
  return validateArtefact({
    format: 'probity.glass-box/1',
    name: details.name,
    target: details.target,
    model: fitted.model,
    calibration: fitted.calibration,
    provenance: details.provenance,
    outOfFold: { auc: fitted.outOfFold.auc, logLoss: fitted.outOfFold.logLoss },
    protected: details.protected,
    ...(details.use ? { use: details.use } : {}),
    warnings: details.warnings,
  });
}

/** The bytes under which an artefact is stored: its hash and itself. */
export function serializeArtefact(artefact: Artefact): string {
  return `${JSON.stringify({ hash: artefactHash(artefact), artefact })}\n`;
}

/**
 * Reads stored bytes. The content must have the hash that is stored with it and, where given, `expectedHash`
 * (the registry's record): otherwise ARTEFACT_ALTERED.
 */
export function parseArtefact(text: string, expectedHash?: string): NamedArtefact {
  let stored: { hash?: unknown; artefact?: unknown };
  try {
    stored = JSON.parse(text) as { hash?: unknown; artefact?: unknown };
  } catch (cause) {
    throw new ProbityError('ARTEFACT_ALTERED', 'The stored model is not readable: it was cut short or altered.', {
      cause,
    });
  }
  const content = stored?.artefact;
  if (typeof content !== 'object' || content === null) {
    throw new ProbityError('INVALID_ARTEFACT', 'This file does not hold a model artefact.');
  }
  const hash = contentHash(content as Json);
  if (hash !== stored.hash || (expectedHash !== undefined && hash !== expectedHash)) {
    throw new ProbityError(
      'ARTEFACT_ALTERED',
      'The stored model is not the one that was registered: its hash differs.',
    );
  }
  return { hash, artefact: validateArtefact(content) };
}

/** Writes `model.json` into `folder` (made where absent), whole or not at all; answers the hash. */
export async function saveArtefact(artefact: Artefact, folder: string): Promise<string> {
  await writeFileAtomic(join(folder, ARTEFACT_FILE), serializeArtefact(artefact));
  return artefactHash(artefact);
}

/** Loads `model.json` of `folder`. Throws FILE_NOT_FOUND, INVALID_ARTEFACT or ARTEFACT_ALTERED. */
export async function loadArtefact(
  folder: string,
  options: { readonly expectedHash?: string } = {},
): Promise<NamedArtefact> {
  const path = join(folder, ARTEFACT_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ProbityError('FILE_NOT_FOUND', `There is no model in this folder: ${path}`, {
      cause,
      fix: 'Name the folder that `probity train --out` wrote.',
    });
  }
  return parseArtefact(text, options.expectedHash);
}
