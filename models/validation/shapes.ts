import type { FeatureTerm, GlassBox } from '../artefact/glass-box.ts';
import { bars, footing, frame, ribbon, scaleOf, steps, verticals } from './charts.ts';
import { captioned, figure, type Say } from './page-parts.ts';
import type { Language } from './words.ts';

/** The shape of every feature with its band and, below, the support of its bins; the weightiest first. */
export function shapes(model: GlassBox, language: Language, say: Say): string {
  const weight = (term: FeatureTerm): number => {
    const mass = term.support.reduce((sum, each) => sum + each, 0);
    return term.shape.reduce((sum, value, b) => sum + Math.abs(value) * term.support[b]!, 0) / (mass || 1);
  };
  return model.terms
    .toSorted((a, b) => weight(b) - weight(a))
    .map((term) => captioned(term.label?.[language] ?? term.name, shape(term, say)))
    .join('');
}

function shape(term: FeatureTerm, say: Say): string {
  const { encoding } = term;
  const first = 1 + encoding.codes.length;
  const band = term.band ?? term.shape.map(() => 0);
  const values = term.shape.slice(first);
  const low = values.map((value, i) => value - band[first + i]!);
  const high = values.map((value, i) => value + band[first + i]!);
  const special = [say('missing'), ...encoding.codes.map(String)]
    .map((name, b) => (term.support[b]! > 0 ? `${name}: ${figure(term.shape[b]!, 3)}` : ''))
    .filter(Boolean)
    .join(' · ');
  const y = scaleOf([...low, ...high, 0]);
  if (encoding.kind === 'number') {
    // The outer bins reach to infinity: they are drawn to the neighbouring edge's distance, so that one outlier does not flatten the rest.
    // Bounded, so that distances between edges stay finite.
    const edges = encoding.edges.map((edge) => Math.max(-1e300, Math.min(1e300, edge)));
    const from = Math.max(
      term.range?.[0] ?? 0,
      edges.length > 1 ? 2 * edges[0]! - edges[Math.ceil(edges.length / 4)]! : -Infinity,
    );
    const to = Math.min(
      term.range?.[1] ?? 1,
      edges.length > 1 ? 2 * edges.at(-1)! - edges[Math.floor((3 * edges.length) / 4)]! : Infinity,
    );
    const at = [Math.min(from, edges[0] ?? from), ...edges, Math.max(to, edges.at(-1) ?? to)];
    const x = scaleOf(at, 0);
    const label = special === '' ? say('value') : `${say('value')} (${special})`;
    return frame(
      x,
      y,
      { x: label, y: say('contribution'), title: term.name },
      footing(x, at, term.support.slice(first)) + ribbon(x, y, at, low, high) + steps(x, y, at, values, 'curve'),
    );
  }
  const x = { from: 0, to: values.length };
  const names = [...encoding.levels, say('unseen')];
  const label = names.length <= 8 ? names.join(' · ') : `${names.slice(0, 8).join(' · ')} …`;
  return frame(
    x,
    y,
    { x: special === '' ? label : `${label} (${special})`, y: say('contribution'), title: term.name },
    footing(x, [...values.keys(), values.length], term.support.slice(first)) +
      bars(x, y, values, 'bar') +
      verticals(
        x,
        y,
        values.map((_, i) => ({ at: i + 0.5, from: low[i]!, to: high[i]! })),
        'whisker',
      ),
  );
}
