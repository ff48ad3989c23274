import { CONTRACTS, SYSTEM_COLUMNS, type Column, type TableContract } from '../contracts/index.ts';
import { QUARANTINE_CODES } from './codes.ts';
import { EXPRESSION_FUNCTIONS } from './expression.ts';

/** The parts of docs/data-contracts.md that code knows best, by the name of their place in the page. */
export function contractReference(): Readonly<Record<string, string>> {
  return {
    contracts: CONTRACTS.map((contract) => section(contract)).join('\n\n'),
    codes: table(
      ['code', 'meaning'],
      Object.entries(QUARANTINE_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
    functions: [...EXPRESSION_FUNCTIONS].map((name) => `\`${name.replaceAll('|', '\\|')}\``).join(' '),
    system: Object.keys(SYSTEM_COLUMNS)
      .map((name) => `\`${name}\``)
      .join(', '),
  };
}

/** The page with each generated part put in its place, between `<!-- name -->` and `<!-- /name -->`. */
export function withGeneratedParts(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(open), text.indexOf(close)];
    if (from < 0 || to < from) throw new Error(`the page has no place ${open}`);
    return `${text.slice(0, from + open.length)}\n\n${part}\n\n${text.slice(to)}`;
  }, page);
}

function section(contract: TableContract): string {
  const keys = contract.key.map((key) => `\`${key}\``).join(', ');
  const ordered = (contract.ordered ?? [])
    .map(([first, second]) => ` \`${first}\` is never after \`${second}\`.`)
    .join('');
  return [
    `### ${contract.name}`,
    `${contract.meaning} Key: ${keys}.${ordered}`,
    table(
      ['column', 'type', 'meaning', 'checks'],
      contract.columns.map((column) => [`\`${column.name}\``, column.type, column.meaning, checks(column)]),
    ),
  ].join('\n\n');
}

function checks(column: Column): string {
  return [
    ...(column.required === true ? ['required'] : []),
    ...(column.values === undefined ? [] : [`one of ${column.values.join(', ')}`]),
    ...(column.min === undefined ? [] : [`≥ ${column.min}`]),
    ...(column.max === undefined ? [] : [`≤ ${column.max}`]),
    ...(column.references === undefined ? [] : [`in ${column.references}`]),
  ].join('; ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
