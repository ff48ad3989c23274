import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { parseRelationalSpec } from '../specs/index.ts';
import { contractReference, withGeneratedParts } from './contracts-reference.ts';

const path = join(packageRoot(), 'docs', 'data-contracts.md');

describe('docs/data-contracts.md', () => {
  it('holds what the code says (npx vitest run features/import -u writes it anew)', async () => {
    await expect(withGeneratedParts(readFileSync(path, 'utf8'), contractReference())).toMatchFileSnapshot(path);
  });

  it('shows an example that parses', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(path, 'utf8')) ?? [];
    expect(parseRelationalSpec(example, { file: 'example.yaml' }).tables.map((table) => table.name)).toEqual([
      'shop.parties',
      'shop.parties:loyalty_tier',
      'shop.invoices',
    ]);
  });
});
