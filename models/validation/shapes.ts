import type { FeatureTerm, GlassBox } from '../artefact/glass-box.ts';
import { dayText } from '../binning/index.ts';
import { bars, footing, frame, ribbon, scaleOf, steps, ticks, verticals, type Tick } from './charts.ts';
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
    .map((term) => captioned(term.label?.[language] ?? term.name, shape(term, say), legend(term, say)))
    .join('');
}

/** More levels than these are not listed under a shape. */
const MOST_LEVELS = 60;

/** Bars that each have their number. */
const MOST_TICKS = 15;

/** Levels by the number of their bar, then what missing values and special codes contribute. */
function legend({ type, encoding, shape, support }: FeatureTerm, say: Say): string {
  const codeText = (value: number | string): string =>
    type === 'date' && typeof value === 'number' ? dayText(value) : String(value);
  const levels = encoding.kind === 'number' ? [] : [...encoding.levels, say('unseen')];
  const listed = levels.slice(0, MOST_LEVELS).map((name, i) => `${i + 1}: ${name}`);
  const special = [say('missing'), ...encoding.codes.map(codeText)].flatMap((name, b) =>
    support[b]! > 0 ? [`${name}: ${figure(shape[b]!, 3)}`] : [],
  );
  return [...listed, ...(levels.length > MOST_LEVELS ? ['…'] : []), ...special].join(' · ');
}

function shape(term: FeatureTerm, say: Say): string {
  const { encoding } = term;
  const first = 1 + encoding.codes.length;
  const band = term.band ?? term.shape.map(() => 0);
  const values = term.shape.slice(first);
  const low = values.map((value, i) => value - band[first + i]!);
  const high = values.map((value, i) => value + band[first + i]!);
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
    const dates =
      term.type === 'date' ? { xTicks: ticks(x, 4).map((at): Tick => ({ at, text: dayText(at).slice(0, 10) })) } : {};
    return frame(
      x,
      y,
      { ...dates, x: say('value'), y: say('contribution'), title: term.name },
      footing(x, at, term.support.slice(first)) + ribbon(x, y, at, low, high) + steps(x, y, at, values, 'curve'),
    );
  }
  const x = { from: 0.5, to: values.length + 0.5 };
  return frame(
    x,
    y,
    {
      x: say('level'),
      y: say('contribution'),
      title: term.name,
      ...(values.length > MOST_TICKS
        ? {}
        : { xTicks: values.map((_, i): Tick => ({ at: i + 1, text: String(i + 1) })) }),
    },
    footing(
      x,
      Array.from({ length: values.length + 1 }, (_, i) => i + 0.5),
      term.support.slice(first),
    ) +
      bars(x, y, values, 'bar') +
      verticals(
        x,
        y,
        values.map((_, i) => ({ at: i + 1, from: low[i]!, to: high[i]! })),
        'whisker',
      ),
  );
}
