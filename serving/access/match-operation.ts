import { OPERATIONS, type OperationId } from './operations.ts';

/** What an address and a method ask for: an operation; or nothing, with the methods that the address does answer (none: no such address). */
export type Match =
  { readonly operationId: OperationId } | { readonly operationId: null; readonly allowed: readonly string[] };

type ByMethod = Map<string, OperationId>;

const exact = new Map<string, ByMethod>();
const templates: { readonly pattern: RegExp; readonly methods: ByMethod }[] = [];
for (const [id, { method, path }] of Object.entries(OPERATIONS)) {
  const known = exact.get(path);
  const methods = known ?? new Map<string, OperationId>();
  methods.set(method, id as OperationId);
  if (known !== undefined) continue;
  exact.set(path, methods);
  if (path.includes('{')) templates.push({ pattern: templatePattern(path), methods });
}

/** Finds the operation of a request; HEAD asks for what GET answers. */
export function matchOperation(method: string, path: string): Match {
  const methods =
    (path.includes('{') ? undefined : exact.get(path)) ?? templates.find(({ pattern }) => pattern.test(path))?.methods;
  if (methods === undefined) return { operationId: null, allowed: [] };
  const operationId = methods.get(method === 'HEAD' ? 'GET' : method);
  return operationId === undefined ? { operationId: null, allowed: [...methods.keys()] } : { operationId };
}

function templatePattern(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

/** The path as Express writes it: `/v1/ratings\:batch`, `/v1/keys/:keyId`. */
export function expressPath(path: string): string {
  return path.replaceAll(':', '\\:').replaceAll(/\{(\w+)\}/g, ':$1');
}
