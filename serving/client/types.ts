import type { Json } from '../../base/index.ts';
import type { JsonObject } from '../openapi/schema.ts';

/** A JSON Schema (2020-12, the part that zod writes) as a TypeScript type. Throws for what it does not know, so that nothing is typed wrongly. */
export function typeOf(schema: Json | undefined, indent = ''): string {
  if (schema === undefined || schema === true) return 'unknown';
  if (schema === false) return 'never';
  const node = schema as JsonObject;
  if (typeof node['$ref'] === 'string') return node['$ref'].slice(node['$ref'].lastIndexOf('/') + 1);
  if ('const' in node) return JSON.stringify(node['const']);
  if (Array.isArray(node['enum'])) return union(node['enum'].map((value) => JSON.stringify(value)));
  const choices = (node['anyOf'] ?? (hasShape(node) ? undefined : node['oneOf'])) as readonly Json[] | undefined;
  if (choices !== undefined) return union(choices.map((choice) => typeOf(choice, indent)));
  const all = node['allOf'] as readonly Json[] | undefined;
  if (all !== undefined) return all.map((part) => typeOf(part, indent)).join(' & ');
  const { type } = node;
  if (Array.isArray(type)) return union(type.map((each: Json) => typeOf({ ...node, type: each }, indent)));
  switch (type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return arrayType(node, indent);
    case 'object':
      return objectType(node, indent);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no TypeScript type for ${JSON.stringify(schema).slice(0, 200)}`);
  }
}

const hasShape = (node: JsonObject): boolean => 'properties' in node || 'type' in node;

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ') || 'never';
}

function arrayType(node: JsonObject, indent: string): string {
  const items = node['prefixItems'] as readonly Json[] | undefined;
  if (items !== undefined) return `readonly [${items.map((item) => typeOf(item, indent)).join(', ')}]`;
  return `readonly (${typeOf(node['items'], indent)})[]`;
}

function objectType(node: JsonObject, indent: string): string {
  const properties = Object.entries((node['properties'] ?? {}) as JsonObject);
  const extra = node['additionalProperties'];
  if (properties.length === 0)
    return extra === false ? 'Record<string, never>' : `{ readonly [name: string]: ${typeOf(extra, indent)} }`;
  const required = new Set((node['required'] ?? []) as readonly string[]);
  const inner = `${indent}  `;
  const lines = properties.map(([name, value]) => {
    const { description } = value as JsonObject;
    const said = typeof description === 'string' ? `${inner}/** ${description.replaceAll('*/', '*\\/')} */\n` : '';
    return `${said}${inner}readonly ${propertyName(name)}${required.has(name) ? '' : '?'}: ${typeOf(value, inner)};`;
  });
  const open = extra === undefined || extra === false ? [] : [`${inner}readonly [name: string]: unknown;`];
  return `{\n${[...lines, ...open].join('\n')}\n${indent}}`;
}

/** A property's name, quoted where it must be. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
