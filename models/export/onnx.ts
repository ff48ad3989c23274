import { ProbityError } from '../../base/index.ts';
import { artefactHash } from '../artefact/artefact.ts';
import type { Artefact, CategoryEncoding, NumberEncoding } from '../artefact/glass-box.ts';
import { contributionNames } from '../scoring/index.ts';
import { graphWriter, type GraphWriter } from './onnx-graph.ts';
import { ELEMENT, encodeModel } from './onnx-schema.ts';

const IR_VERSION = 8;
const OPSET = 17;
const ML = { domain: 'ai.onnx.ml', version: 3 } as const;
const OUTPUTS = ['log_odds', 'pd', 'contributions'] as const;

/**
 * An artefact as an ONNX model (opset 17, ai.onnx.ml 3). One input per feature, a vector with an entry per row, under the feature's name:
 * doubles for numbers and dates (days since 1970-01-01; NaN is missing), texts for categories (empty is missing). Outputs: `log_odds` and `pd`,
 * a double per row, and `contributions`, rows by parts in the order of the metadata entry `contributions`. Thresholds, tables and sums are
 * doubles throughout. A feature that is called like an output is read as `input log_odds` (with `input` repeated until it is free).
 */
export function exportOnnx(artefact: Artefact): Uint8Array {
  const { terms, pairs, intercept } = artefact.model;
  if (terms.length === 0) {
    throw new ProbityError(
      'INVALID_INPUT',
      'A model without features has no ONNX form: nothing would say how many rows there are.',
    );
  }
  const inputs = inputNames(terms.map(({ name }) => name));
  const graph = graphWriter([...inputs, ...OUTPUTS]);
  const bins = terms.map(({ encoding }, t) => {
    const input = inputs[t] ?? '';
    return encoding.kind === 'number' ? numberBin(graph, input, encoding) : levelBin(graph, input, encoding);
  });
  const parts = [
    ...terms.map((term, t) => graph.add('Gather', [graph.doubles(term.shape), bins[t] ?? ''])),
    ...pairs.map((pair) => {
      const width = pair.values[0]?.length ?? 0;
      const row = graph.add('Gather', [graph.integers(pair.rowOf.map((index) => index * width)), bins[pair.a] ?? '']);
      const column = graph.add('Gather', [graph.integers(pair.columnOf), bins[pair.b] ?? '']);
      return graph.add('Gather', [graph.doubles(pair.values.flat()), graph.add('Add', [row, column])]);
    }),
  ];
  // One addition after the other, in the order of the other engines, so that the sums round alike.
  const sum = parts.reduce((left, part) => graph.add('Add', [left, part]), graph.doubles([intercept], []));
  const logOdds = graph.add('Identity', [sum], { output: OUTPUTS[0] });
  graph.add('Sigmoid', [logOdds], { output: OUTPUTS[1] });
  const axis = graph.integers([1]);
  const columns = parts.map((part) => graph.add('Unsqueeze', [part, axis]));
  graph.add('Concat', columns, { output: OUTPUTS[2], attributes: { axis: 1 } });
  const vector = (name: string, type: number, ...more: object[]): object => ({
    name,
    type: { tensor_type: { elem_type: type, shape: { dim: [{ dim_param: 'rows' }, ...more] } } },
  });
  const metadata = {
    model: artefact.name,
    hash: artefactHash(artefact),
    contributions: JSON.stringify(contributionNames(artefact)),
  };
  return encodeModel({
    ir_version: IR_VERSION,
    producer_name: 'probity',
    opset_import: [{ domain: '', version: OPSET }, ML],
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'glass-box',
      node: graph.nodes,
      initializer: graph.constants,
      input: terms.map(({ type }, t) => vector(inputs[t] ?? '', type === 'category' ? ELEMENT.string : ELEMENT.double)),
      output: [
        vector(OUTPUTS[0], ELEMENT.double),
        vector(OUTPUTS[1], ELEMENT.double),
        vector(OUTPUTS[2], ELEMENT.double, { dim_value: parts.length }),
      ],
    },
  });
}

/** The input of each feature: its own name, unless an output has it. */
export function inputNames(features: readonly string[]): string[] {
  return features.map((feature) => {
    let name = feature;
    const taken = (candidate: string): boolean =>
      (OUTPUTS as readonly string[]).includes(candidate) || (candidate !== feature && features.includes(candidate));
    while (taken(name)) name = `input ${name}`;
    return name;
  });
}

/** Missing, then codes, then the number of edges that are at most the value: each edge is compared with each row. */
function numberBin(graph: GraphWriter, x: string, { codes, edges }: NumberEncoding): string {
  const axis = graph.integers([1]);
  const column = graph.add('Unsqueeze', [x, axis]);
  let bin: string;
  if (edges.length === 0) {
    // No edge to compare with: the same bin for every row.
    const rows = graph.add('Shape', [x]);
    bin = graph.add('Expand', [graph.integers([1 + codes.length], []), rows]);
  } else {
    const passed = graph.add('LessOrEqual', [graph.doubles(edges, [1, edges.length]), column]);
    const ones = graph.add('Cast', [passed], { attributes: { to: ELEMENT.int64 } });
    const count = graph.add('ReduceSum', [ones, axis], { attributes: { keepdims: 0 } });
    bin = graph.add('Add', [count, graph.integers([1 + codes.length], [])]);
  }
  codes.forEach((code, k) => {
    const isCode = graph.add('Equal', [x, graph.doubles([code], [])]);
    bin = graph.add('Where', [isCode, graph.integers([1 + k], []), bin]);
  });
  return graph.add('Where', [graph.add('IsNaN', [x]), graph.integers([0], []), bin]);
}

function levelBin(graph: GraphWriter, x: string, { codes, levels }: CategoryEncoding): string {
  const known = ['', ...codes, ...levels];
  return graph.add('LabelEncoder', [x], {
    domain: ML.domain,
    attributes: { keys_strings: known, values_int64s: known.map((_, bin) => bin), default_int64: known.length },
  });
}
