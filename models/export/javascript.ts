import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/index.ts';
import { artefactHash } from '../artefact/artefact.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { toleratedRange } from '../scoring/index.ts';

const TEMPLATE = join(packageRoot(), 'models', 'export', 'javascript-template.mjs');
const PLACE = "const MODEL = null; // replaced by the model's data";

/**
 * An artefact as one ES module without dependencies: `score(values)` answers PD, log-odds and contributions with the same doubles, added
 * in the same order, as `compile(artefact).score(values)`. It may stand inside a `<script type="module">` as it is.
 */
export function exportJavaScript(artefact: Artefact): string {
  const { intercept, terms, pairs } = artefact.model;
  const data = {
    name: artefact.name,
    hash: artefactHash(artefact),
    intercept,
    terms: terms.map((term) => {
      const { name, type, encoding, shape } = term;
      // JSON writes an infinite bound as null: no bound.
      return { name, type, encoding, shape, range: toleratedRange(term) ?? [null, null] };
    }),
    pairs,
  };
  // A closing script tag in a name or level would end the page's script.
  const literal = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  return readFileSync(TEMPLATE, 'utf8').replace(PLACE, () => `const MODEL = ${literal};`);
}
