import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, type Json } from '../../base/index.ts';

/** What the server answered, by operation and example. */
type Answers = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** A value of an example with every `@operation.example.field` taken from an answer before. */
export function resolvedExample(value: Json, answers: Answers): Json {
  return JSON.parse(
    JSON.stringify(value, (_, text: unknown) => {
      const [, operation = '', example = '', field = ''] =
        typeof text === 'string' ? (/^@(\w+)\.(\w+)\.(\w+)$/.exec(text) ?? []) : [];
      const answer = answers[operation]?.[example] as { readonly [key: string]: Json } | undefined;
      return operation === '' ? text : (answer?.[field] ?? text);
    }),
  ) as Json;
}

/** A text of an example, resolved so. */
export function resolvedText(text: string, answers: Answers): string {
  const found = resolvedExample(text, answers);
  return typeof found === 'string' ? found : text;
}

/** What the server answered to each example, by operation and name: `examples.json` and `record-examples.json` here, which their tests record. */
export function recordedAnswers(): Answers {
  const all: Record<string, Record<string, Json>> = {};
  for (const file of ['examples.json', 'record-examples.json']) {
    const text = readFileSync(join(packageRoot(), 'serving', 'openapi', file), 'utf8');
    for (const [id, answers] of Object.entries(JSON.parse(text) as Record<string, Record<string, Json>>))
      all[id] = { ...all[id], ...answers };
  }
  return all;
}
