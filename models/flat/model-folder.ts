import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash, ProbityError, type Json } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import type { NamedArtefact } from '../artefact/artefact.ts';
import { isDeep, loadAnyArtefact, type NamedAnyArtefact } from '../deep/artefact.ts';

/** Name of the file that holds the normalised spec beside an artefact. */
export const SPEC_FILE = 'spec.json';

/** A model folder as `probity train` writes it; `spec` is null where the model was trained on features of a project instead of a file. */
export interface ModelFolder extends NamedArtefact {
  readonly spec: FlatSpec | null;
}

/** A model folder that may hold a deep challenger instead. */
export interface AnyModelFolder extends NamedAnyArtefact {
  readonly spec: FlatSpec | null;
}

/** The folder as one of a glass box; throws GLASS_BOX_ONLY where it holds a deep challenger. */
export function requireGlassBox({ artefact, ...rest }: AnyModelFolder): ModelFolder {
  if (isDeep(artefact)) {
    throw new ProbityError(
      'GLASS_BOX_ONLY',
      `The model ${rest.hash.slice(0, 12)} is a deep challenger; only a glass box can do this.`,
    );
  }
  return { ...rest, artefact };
}

/** Loads a model folder of a glass box, as `loadAnyModelFolder`; throws GLASS_BOX_ONLY where it holds a deep challenger. */
export async function loadModelFolder(
  folder: string,
  options: { readonly expectedHash?: string } = {},
): Promise<ModelFolder> {
  return requireGlassBox(await loadAnyModelFolder(folder, options));
}

/** Loads a model folder of either kind; a spec that is not the one that the model was trained with is refused (ARTEFACT_ALTERED). */
export async function loadAnyModelFolder(
  folder: string,
  options: { readonly expectedHash?: string } = {},
): Promise<AnyModelFolder> {
  const named = await loadAnyArtefact(folder, options);
  const text = await readFile(join(folder, SPEC_FILE), 'utf8').catch(() => null);
  if (text === null) return { ...named, spec: null };
  const spec = parseJson(text);
  if (spec === null || contentHash(spec) !== named.artefact.provenance.specHash) {
    throw new ProbityError('ARTEFACT_ALTERED', 'The spec beside this model is not the one that it was trained with.', {
      problems: [{ at: join(folder, SPEC_FILE), message: 'its hash differs from the one in the model' }],
    });
  }
  return { ...named, spec: spec as unknown as FlatSpec };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
