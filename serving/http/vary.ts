import type { ServerResponse } from 'node:http';

/** Says that an answer depends on a header of the request (RFC 9110 §12.5.5), beside those that it names already. */
export function varyOn(response: ServerResponse, field: string): void {
  const named = response.getHeader('vary');
  if (named === undefined) {
    response.setHeader('vary', field);
    return;
  }
  const fields = String(named).split(',');
  if (!fields.some((each) => each.trim().toLowerCase() === field))
    response.setHeader('vary', `${fields.join(',')}, ${field}`);
}
