import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { guardedText, unguardedText } from './index.ts';

const hard = fc.oneof(
  fc.string({
    unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '＝', '1', '.', 'e', 'a', ' ', '"', ','),
  }),
  fc.string({ unit: 'grapheme' }),
);

it('a guarded text is no formula, numbers stay numbers, and every text is itself again, exactly', () => {
  fc.assert(
    fc.property(hard, (text) => {
      const guarded = guardedText(text);
      const isNumber = text.trim() === text && text !== '' && !Number.isNaN(Number(text)) && /^[+-]?[\d.]/.test(text);
      if (/^[=+\-@\t\r\n＝＋－＠]/.test(guarded)) expect([text, isNumber, guarded]).toEqual([text, true, text]);
      if (isNumber) expect(guarded).toBe(text);
      expect(unguardedText(guarded)).toBe(text);
    }),
    { numRuns: 3000 },
  );
});
