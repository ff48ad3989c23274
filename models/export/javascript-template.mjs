// A credit-risk model as a module without dependencies, for any JavaScript engine since ES2019 (browsers, Node, Deno, Bun, workers).
//
//   import { score } from './model.mjs';
//   const { pd, logOdds, contributions } = score({ age: 41, region: 'north' });
//
// Values by feature name; absent, null, NaN and empty text are missing. Numbers as numbers or decimal text; dates as ISO text or days since
// 1970-01-01; categories as text. intercept + contributions[0] + contributions[1] + ..., added in this order, is logOdds exactly.

const MODEL = null; // replaced by the model's data

/** Name and content hash (SHA-256 of the canonical JSON) of the model that this module was made from. */
export const name = MODEL.name;
export const hash = MODEL.hash;

/** Names of the features that are read. */
export const features = MODEL.terms.map((term) => term.name);

/** What each contribution belongs to: a feature, or two as `a × b`. */
export const contributionNames = [
  ...features,
  ...MODEL.pairs.map((pair) => `${features[pair.a]} × ${features[pair.b]}`),
];

/** Log-odds of default before any feature. */
export const intercept = MODEL.intercept;

const binners = MODEL.terms.map((term) => (term.encoding.kind === 'number' ? numberBinner(term) : levelBinner(term)));

/**
 * Scores one applicant: `pd` (probability of default), `logOdds`, `contributions` to them in the order of `contributionNames`, and `flags`:
 * features with a value well beyond what training saw (`outside-range`), a category never seen (`unseen-level`), or one that is no number or date
 * and was scored as missing (`not-understood`).
 */
export function score(values) {
  const flags = [];
  const bins = binners.map((bin, t) =>
    bin(Object.prototype.hasOwnProperty.call(values, features[t]) ? values[features[t]] : null, flags),
  );
  const contributions = MODEL.terms.map((term, t) => term.shape[bins[t]]);
  for (const pair of MODEL.pairs) {
    contributions.push(pair.values[pair.rowOf[bins[pair.a]]][pair.columnOf[bins[pair.b]]]);
  }
  const logOdds = contributions.reduce((sum, contribution) => sum + contribution, intercept);
  return { pd: logistic(logOdds), logOdds, contributions, flags };
}

function logistic(x) {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

function levelBinner(term) {
  const { codes, levels } = term.encoding;
  const bins = new Map([...codes, ...levels].map((level, k) => [level, 1 + k]));
  const unseen = 1 + codes.length + levels.length;
  return (value, flags) => {
    if (value === null || value === undefined || value === '' || Number.isNaN(value)) return 0;
    const bin = bins.get(String(value));
    if (bin !== undefined) return bin;
    flags.push({ feature: term.name, kind: 'unseen-level' });
    return unseen;
  };
}

function numberBinner(term) {
  const { codes, edges } = term.encoding;
  const lowest = term.range[0] === null ? -Infinity : term.range[0];
  const highest = term.range[1] === null ? Infinity : term.range[1];
  return (value, flags) => {
    const x = numberOf(value, term.type);
    if (x === undefined) flags.push({ feature: term.name, kind: 'not-understood' });
    if (x === undefined || Number.isNaN(x)) return 0;
    const code = codes.indexOf(x);
    if (code >= 0) return 1 + code;
    if (x < lowest || x > highest) flags.push({ feature: term.name, kind: 'outside-range' });
    // Binary search for the number of edges that are at most x.
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (edges[middle] <= x) low = middle + 1;
      else high = middle;
    }
    return 1 + codes.length + low;
  };
}

function numberOf(value, type) {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return NaN;
  const text = String(value).trim();
  if (text === '') return NaN;
  if (type === 'date') {
    const days = daysOf(text);
    if (!Number.isNaN(days)) return days;
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?Infinity$/.test(text)) return Number(text);
  return /^nan$/i.test(text) ? NaN : undefined;
}

function daysOf(text) {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(text) / 86400000;
  const time = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text);
  if (!time) return NaN;
  return Date.parse((time[3] === undefined ? `${text}Z` : text).replace(' ', 'T')) / 86400000;
}
