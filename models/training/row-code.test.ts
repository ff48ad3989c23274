import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { bytesFor, RowMemory } from './row-memory.ts';

const rowsOf = fc.integer({ min: 1, max: 60 }).chain((rows) =>
  fc.record({
    cells: fc.array(fc.nat(8), { minLength: rows, maxLength: rows }),
    moved: fc.array(fc.nat(8), { minLength: rows, maxLength: rows }),
    bad: fc.array(fc.nat(1), { minLength: rows, maxLength: rows }),
    logOdds: fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: rows, maxLength: rows }),
    step: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 9, maxLength: 9 }),
  }),
);

test('the loops of boosting give in WebAssembly what they give in JavaScript, to the last bit', () => {
  fc.assert(
    fc.property(rowsOf, ({ cells, moved, bad, logOdds, step }) => {
      const rows = cells.length;
      const memory = new RowMemory(2 * bytesFor(rows, 8) + 2 * bytesFor(rows, 2) + bytesFor(rows, 1) + 3 * 72);
      const bads = memory.copyOfBytes(Uint8Array.from(bad));
      const place = memory.copyOfCells(Uint16Array.from(cells));
      const from = memory.copyOfCells(Uint16Array.from(moved));
      const odds = memory.copyOfDoubles(Float64Array.from(logOdds, Math.exp));
      const only = memory.copyOfDoubles(odds);
      const factor = memory.copyOfDoubles(Float64Array.from(step, Math.exp));
      const [gradient, hessian] = [memory.doubles(9), memory.doubles(9)];

      const expected = { odds: odds.slice(), gradient: new Float64Array(9), hessian: new Float64Array(9) };
      for (let i = 0; i < rows; i++) {
        const o = expected.odds[i]! * factor[moved[i]!]!;
        expected.odds[i] = o;
        const p = o / (1 + o);
        expected.gradient[cells[i]!]! += p - bad[i]!;
        expected.hessian[cells[i]!]! += p * (1 - p);
      }
      const end = (values: Float64Array): number => values.byteOffset + values.byteLength;
      memory.code.gather(
        place.byteOffset,
        from.byteOffset,
        factor.byteOffset,
        odds.byteOffset,
        bads.byteOffset,
        gradient.byteOffset,
        hessian.byteOffset,
        end(odds),
      );
      memory.code.multiply(from.byteOffset, factor.byteOffset, only.byteOffset, end(only));
      expect({ odds, gradient, hessian }).toEqual(expected);
      expect(only).toEqual(expected.odds);
      expect(bads).toEqual(Uint8Array.from(bad));
    }),
  );
});
