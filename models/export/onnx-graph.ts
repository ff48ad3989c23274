import { ATTRIBUTE, ELEMENT } from './onnx-schema.ts';

/** An ONNX graph while it is written: its nodes and constants, under names that no input has. */
export interface GraphWriter {
  readonly nodes: readonly object[];
  readonly constants: readonly object[];
  /** A constant of doubles, as a vector or, with `shape`, as a tensor. */
  doubles(values: readonly number[], shape?: readonly number[]): string;
  integers(values: readonly number[], shape?: readonly number[]): string;
  /** Adds a node of one output and answers its name; `output` names it where it is an output of the graph. */
  add(operator: string, inputs: readonly string[], options?: NodeOptions): string;
}

export interface NodeOptions {
  readonly domain?: string;
  readonly output?: string;
  readonly attributes?: { readonly [name: string]: number | readonly number[] | readonly string[] };
}

/** Starts a graph; `taken` are the names of its inputs and outputs. */
export function graphWriter(taken: readonly string[]): GraphWriter {
  let prefix = 'v';
  while (taken.some((name) => name.startsWith(prefix))) prefix += '_';
  let count = 0;
  const next = (): string => `${prefix}${count++}`;
  const nodes: object[] = [];
  const constants: object[] = [];
  const constant = (type: number, bytes: Uint8Array, dims: readonly number[]): string => {
    const name = next();
    constants.push({ name, data_type: type, dims, raw_data: bytes });
    return name;
  };
  return {
    nodes,
    constants,
    doubles: (values, shape = [values.length]) => constant(ELEMENT.double, littleEndian(values, 'setFloat64'), shape),
    integers: (values, shape = [values.length]) => constant(ELEMENT.int64, littleEndian(values, 'setBigInt64'), shape),
    add(operator, inputs, options = {}) {
      const output = options.output ?? next();
      const attribute = Object.entries(options.attributes ?? {}).map(([name, value]) => attributeOf(name, value));
      nodes.push({
        op_type: operator,
        input: inputs,
        output: [output],
        attribute,
        ...(options.domain === undefined ? {} : { domain: options.domain }),
      });
      return output;
    },
  };
}

function attributeOf(name: string, value: number | readonly number[] | readonly string[]): object {
  if (typeof value === 'number') return { name, type: ATTRIBUTE.int, i: value };
  const isText = (values: readonly (number | string)[]): values is readonly string[] => typeof values[0] === 'string';
  if (!isText(value)) return { name, type: ATTRIBUTE.ints, ints: value };
  return { name, type: ATTRIBUTE.strings, strings: value.map((text) => Buffer.from(text, 'utf8')) };
}

/** Eight bytes a value, lowest first, as ONNX stores tensors on every machine. */
function littleEndian(values: readonly number[], write: 'setFloat64' | 'setBigInt64'): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, i) => {
    if (write === 'setFloat64') view.setFloat64(8 * i, value, true);
    else view.setBigInt64(8 * i, BigInt(value), true);
  });
  return new Uint8Array(view.buffer);
}
