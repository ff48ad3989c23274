import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isPlainProse, isPlainText } from './plain-text.ts';

const TURNING = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].map((code) =>
  String.fromCodePoint(code),
);

describe('plain text', () => {
  it('is what people write, in any script', () => {
    for (const text of ['', 'Müller & Söhne', '深圳市腾讯', 'שלום', 'مرحبا', '👩‍👩‍👧', 'e\u0301', '=1+1', '<b>'])
      expect([text, isPlainText(text), isPlainProse(text)]).toEqual([text, true, true]);
    expect([isPlainText('a\nb'), isPlainProse('a\r\n\tb')]).toEqual([false, true]);
  });

  it.prop([fc.string(), fc.string(), fc.constantFrom(...TURNING, '\u0000', '\u001b', '\u0085', '\ud800', '\udfff')])(
    'holds no control character, lone surrogate, or character that turns its direction, wherever it stands',
    (before, after, bad) => {
      expect([isPlainText(before + bad + after), isPlainProse(before + bad + after)]).toEqual([false, false]);
    },
  );
});
