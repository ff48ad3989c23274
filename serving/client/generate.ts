import type { Json } from '../../base/index.ts';
import type { JsonObject } from '../openapi/schema.ts';
import { propertyName, typeOf } from './types.ts';

/** Headers that the client sets itself, or whose answer has no body to give. */
const ownHeaders: ReadonlySet<string> = new Set(['Accept-Language', 'If-None-Match']);

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Json;
}

/**
 * The generated part of the TypeScript client, `packages/client/generated.ts`: a type for each schema of the OpenAPI document, and for
 * each operation its input, its output, and how it is called.
 */
export function clientSource(document: JsonObject): string {
  const { schemas } = document['components'] as { readonly schemas: JsonObject };
  const operations = Object.entries(document['paths'] as JsonObject).flatMap(([path, methods]) =>
    Object.entries(methods as JsonObject).map(([method, described]) =>
      operationOf(document, path, method, described as JsonObject),
    ),
  );
  return [
    '// Generated from the OpenAPI document by `node dist/serving/openapi/write.js`; do not edit.',
    '',
    ...Object.entries(schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`),
    '/** What each operation takes and answers. */',
    'export interface Operations {',
    ...operations.map(({ type }) => type),
    '}',
    '',
    '/** How each operation is called. */',
    'export const operations = {',
    ...operations.map(({ call }) => call),
    '} as const;',
    '',
  ].join('\n');
}

function operationOf(document: JsonObject, path: string, method: string, described: JsonObject) {
  const id = described['operationId'] as string;
  const parameters = ((described['parameters'] ?? []) as readonly JsonObject[]).map((each) =>
    parameterOf(resolve(document, each)),
  );
  const group = (place: Parameter['in']): string[] => {
    const own = parameters.filter((parameter) => parameter.in === place && !ownHeaders.has(parameter.name));
    if (own.length === 0) return [];
    const optional = own.every(({ required }) => !required);
    const fields = own.map(
      ({ name, required, schema }) => `readonly ${propertyName(name)}${required ? '' : '?'}: ${typeOf(schema)}`,
    );
    return [`      readonly ${place}${optional ? '?' : ''}: { ${fields.join('; ')} };`];
  };
  const body = bodyOf(described['requestBody'] as JsonObject | undefined);
  const output = outputOf(described['responses'] as JsonObject);
  const inputs = [...group('path'), ...group('query'), ...group('header'), ...body.lines];
  const input = inputs.length === 0 ? '{}' : `{\n${inputs.join('\n')}\n    }`;
  const summary = described['summary'] as string | undefined;
  return {
    type: `  ${summary === undefined ? '' : `/** ${summary.replace(/\.?$/, '.')} */\n  `}${propertyName(id)}: {\n    readonly input: ${input};\n    readonly output: ${output.type};\n  };`,
    call: `  ${propertyName(id)}: { method: '${method.toUpperCase()}', path: '${path}', sends: ${body.sends}, answers: '${output.kind}' },`,
  };
}

function parameterOf(node: JsonObject): Parameter {
  return {
    name: node['name'] as string,
    in: node['in'] as Parameter['in'],
    required: node['required'] === true,
    schema: node['schema'] ?? {},
  };
}

/** The body that an operation takes: JSON by its schema, or a stream as bytes or text, with the media type named where there are several. */
function bodyOf(body: JsonObject | undefined): { readonly lines: readonly string[]; readonly sends: string } {
  if (body === undefined) return { lines: [], sends: 'null' };
  const media = Object.entries(body['content'] as JsonObject);
  const json = media.find(([type]) => type === 'application/json');
  const optional = body['required'] === true ? '' : '?';
  if (json !== undefined)
    return {
      lines: [`      readonly body${optional}: ${typeOf((json[1] as JsonObject)['schema'], '      ')};`],
      sends: "'application/json'",
    };
  const types = media.map(([type]) => `'${type}'`);
  return {
    lines: ['      readonly body: string | Uint8Array;', `      readonly type?: ${types.join(' | ')};`],
    sends: types[0] ?? 'null',
  };
}

/** What an operation's success answers: JSON by its schema, text, or a stream that the caller reads. */
function outputOf(responses: JsonObject): { readonly type: string; readonly kind: 'json' | 'text' | 'response' } {
  const contents = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, response]) => Object.entries(((response as JsonObject)['content'] ?? {}) as JsonObject));
  const json = contents.filter(([type]) => type === 'application/json');
  if (json.length > 0 && json.length === contents.length)
    return { kind: 'json', type: json.map(([, media]) => typeOf((media as JsonObject)['schema'], '    ')).join(' | ') };
  if (contents.every(([type]) => type.startsWith('text/'))) return { kind: 'text', type: 'string' };
  return { kind: 'response', type: 'Response' };
}

function resolve(document: JsonObject, node: JsonObject): JsonObject {
  const reference = node['$ref'];
  if (typeof reference !== 'string') return node;
  return reference
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((at, part) => (at as JsonObject)[part], document) as JsonObject;
}
