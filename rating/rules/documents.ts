import { z } from 'zod';

const position = z.looseObject({ x: z.number(), y: z.number() }).optional();
/** An id that is no property of every object. */
const id = z
  .string()
  .min(1)
  .max(100)
  .refine((text) => !(text in Object.prototype), 'This id cannot be used.');
const column = z.looseObject({ id, name: z.string(), field: z.string().min(1) });

/** A decision table node of JDM; what an editor adds (positions, descriptions) may stand beside. */
const tableNode = z.looseObject({
  id: z.string().min(1),
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'Tables are named by small letters, digits and _.'),
  type: z.literal('decisionTableNode'),
  position,
  content: z.looseObject({
    hitPolicy: z.enum(['first', 'collect']),
    inputs: z.array(column),
    outputs: z.array(column).min(1),
    rules: z.array(z.record(z.string(), z.string())).min(1).max(1000),
    inputField: z.null().optional(),
    outputPath: z.null().optional(),
    executionMode: z.literal('single').optional(),
    passThrough: z.literal(false).optional(),
    passThorough: z.literal(false).optional(),
  }),
});

export type DecisionTableNode = z.output<typeof tableNode>;

const edge = z.looseObject({ id: z.string(), sourceId: z.string(), targetId: z.string() });
const endNode = (type: 'inputNode' | 'outputNode') =>
  z.looseObject({ id: z.string().min(1), name: z.string(), type: z.literal(type), position });

/** A JDM document of decision tables side by side: each wired from the input to the output, and nothing else. */
export const jdmFile = z
  .looseObject({
    nodes: z
      .array(
        z.discriminatedUnion('type', [tableNode, endNode('inputNode'), endNode('outputNode')], {
          error: 'Only input, output and decision table nodes can be analysed; this one is of another type.',
        }),
      )
      .min(3),
    edges: z.array(edge),
  })
  .superRefine(({ nodes, edges }, context) => {
    const complain = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const types = new Map(nodes.map((node) => [node.id, node.type]));
    if (types.size < nodes.length) complain(['nodes'], 'Two nodes have the same id.');
    for (const end of ['inputNode', 'outputNode'])
      if (nodes.filter(({ type }) => type === end).length !== 1) complain(['nodes'], `One ${end} is needed.`);
    edges.forEach(({ sourceId, targetId }, i) => {
      const way = `${types.get(sourceId) ?? 'nothing'} ${types.get(targetId) ?? 'nothing'}`;
      if (way !== 'inputNode decisionTableNode' && way !== 'decisionTableNode outputNode')
        complain(
          ['edges', i],
          'Tables stand side by side: edges lead from the input to a table, or from it to the output.',
        );
    });
    const names = new Set<string>();
    nodes.forEach((node, i) => {
      if (node.type !== 'decisionTableNode') return;
      if (names.has(node.name)) complain(['nodes', i, 'name'], 'Two tables have the same name.');
      names.add(node.name);
      if (!edges.some(({ targetId }) => targetId === node.id)) complain(['nodes', i], 'No edge leads to this table.');
      if (!edges.some(({ sourceId }) => sourceId === node.id)) complain(['nodes', i], 'No edge leads from this table.');
    });
  });

const texts = z.strictObject({ en: z.string().min(1).max(500), 'zh-CN': z.string().min(1).max(500) });
const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);

/** An example: facts by field, and what each named table must answer (rows' outputs in order). Fields left out are missing. */
const example = z.strictObject({
  name: z.string().min(1),
  facts: z.record(z.string(), scalar),
  expect: z.record(z.string(), z.array(z.record(z.string(), scalar))),
});

export type RuleExample = z.output<typeof example>;

/** What stands beside a JDM file, as `<name>.about.json`: titles, how rows are taken, criteria's weights, texts of codes, and examples. */
export const aboutFile = z.strictObject({
  version: z.int().min(1),
  title: texts,
  tables: z
    .record(
      z.string(),
      z.strictObject({
        label: texts.optional(),
        /** `first` where rows may overlap and the order decides; left out: they may not. */
        hit: z.enum(['unique', 'first']).optional(),
        /** Points count so many times (score tables). */
        weight: z.number().min(0).max(1000).optional(),
        /** Points at which the criterion neither helps nor harms (score tables). */
        reference: z.number().optional(),
      }),
    )
    .default({}),
  texts: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'Codes are written in capitals.'), texts).default({}),
  examples: z.array(example).min(1, 'At least one example is needed.'),
});

export type AboutFile = z.output<typeof aboutFile>;
