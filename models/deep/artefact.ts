import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash, ProbityError, writeFileAtomic, type Json, type Problem } from '../../base/index.ts';
import { ARTEFACT_FILE, parseArtefact, validateArtefact, type ArtefactDetails } from '../artefact/artefact.ts';
import { DEEP_FORMAT, GLASS_BOX_FORMAT } from '../artefact/formats.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import type { DeepArtefact } from './deep-model.ts';
import type { FittedDeep } from './fit.ts';
import { deepProblems, deepSchema } from './schema.ts';
import { restoreWeights, storeWeights, type StoredWeights } from './weights.ts';

/** A model of either kind. */
export type AnyArtefact = Artefact | DeepArtefact;

/** A model of either kind with the content hash that names it. */
export interface NamedAnyArtefact {
  readonly hash: string;
  readonly artefact: AnyArtefact;
}

export function isDeep(artefact: AnyArtefact): artefact is DeepArtefact {
  return artefact.format === DEEP_FORMAT;
}

/** The artefact as the JSON that is hashed and stored: weights in base64. */
function stored(artefact: DeepArtefact): Json {
  const { model } = artefact;
  return { ...artefact, model: { ...model, bags: model.bags.map(storeWeights) } } as unknown as Json;
}

/** The name of a deep artefact: SHA-256 of its canonical JSON, weights in base64. */
export function deepHash(artefact: DeepArtefact): string {
  return contentHash(stored(artefact));
}

/** Reads anything as a deep artefact: shape, how its parts fit, and the glass box inside. Throws INVALID_ARTEFACT with every problem at once. */
export function validateDeep(value: unknown): DeepArtefact {
  const parsed = deepSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, 50)
      .map((issue) => ({ at: issue.path.map(String).join('.'), message: issue.message }));
    throw new ProbityError('INVALID_ARTEFACT', 'This is not a deep model that this version can read.', { problems });
  }
  const { model } = parsed.data;
  const artefact: DeepArtefact = {
    ...parsed.data,
    model: { ...model, bags: model.bags.map((bag) => restoreWeights(bag as unknown as StoredWeights)) },
  };
  const problems: Problem[] = deepProblems(artefact.model);
  if (problems.length > 0) {
    throw new ProbityError('INVALID_ARTEFACT', 'The parts of this deep model do not fit each other.', { problems });
  }
  glassBoxInside(artefact);
  return artefact;
}

/** The glass box inside a deep model, as an artefact of its own, checked by the rules of glass boxes. */
export function glassBoxInside(artefact: DeepArtefact): Artefact {
  return validateArtefact({
    ...artefact,
    format: GLASS_BOX_FORMAT,
    model: artefact.model.base,
  });
}

/** Joins a fitted deep model and where it comes from into an artefact, checked; throws INVALID_ARTEFACT where the fit is not sound. */
export function buildDeep(fitted: FittedDeep, details: ArtefactDetails): DeepArtefact {
  const { auc, logLoss } = fitted.outOfFold;
  return validateDeep(
    stored({
      format: DEEP_FORMAT,
      name: details.name,
      target: details.target,
      model: fitted.model,
      calibration: fitted.calibration,
      provenance: details.provenance,
      outOfFold: { auc, logLoss },
      protected: details.protected,
      ...(details.use ? { use: details.use } : {}),
      warnings: details.warnings,
    }),
  );
}

/** The bytes under which a deep artefact is stored: its hash and itself. */
export function serializeDeep(artefact: DeepArtefact): string {
  return `${JSON.stringify({ hash: deepHash(artefact), artefact: stored(artefact) })}\n`;
}

/** Writes `model.json` into `folder` (made where absent), whole or not at all; answers the hash. */
export async function saveDeep(artefact: DeepArtefact, folder: string): Promise<string> {
  await writeFileAtomic(join(folder, ARTEFACT_FILE), serializeDeep(artefact));
  return deepHash(artefact);
}

/** Reads stored bytes of a model of either kind; as `parseArtefact`, ARTEFACT_ALTERED where the hash is another. */
export function parseAnyArtefact(text: string, expectedHash?: string): NamedAnyArtefact {
  const value = jsonOf(text) as { hash?: unknown; artefact?: { format?: unknown } } | null;
  if (value?.artefact?.format !== DEEP_FORMAT) return parseArtefact(text, expectedHash);
  const hash = contentHash(value.artefact as Json);
  if (hash !== value.hash || (expectedHash !== undefined && hash !== expectedHash)) {
    throw new ProbityError(
      'ARTEFACT_ALTERED',
      'The stored model is not the one that was registered: its hash differs.',
    );
  }
  return { hash, artefact: validateDeep(value.artefact) };
}

/** Loads `model.json` of `folder`, of either kind. Throws FILE_NOT_FOUND, INVALID_ARTEFACT or ARTEFACT_ALTERED. */
export async function loadAnyArtefact(
  folder: string,
  options: { readonly expectedHash?: string } = {},
): Promise<NamedAnyArtefact> {
  const path = join(folder, ARTEFACT_FILE);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProbityError('FILE_NOT_FOUND', `There is no model in this folder: ${path}`, {
      cause,
      fix: 'Name the folder that `probity train --out` wrote.',
    });
  });
  return parseAnyArtefact(text, options.expectedHash);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
