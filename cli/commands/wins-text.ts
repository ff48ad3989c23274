import { valuesText } from '../../models/binning/index.ts';
import type { WhereItWins } from '../../models/deep/index.ts';
import { textTable } from '../terminal/table.ts';

/** Rows of each table that a terminal shows; `--json` has all. */
const SHOWN = 10;

/** Where a deep challenger beats the glass box, for a terminal; nothing where there is nothing to compare. */
export function winsText(wins: WhereItWins | null | undefined): string[] {
  if (!wins) return [];
  const { gain, segments, pairs, tested, level } = wins;
  const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
  const lines = [
    '',
    `log-loss of the glass box minus that of the challenger: ${signed(gain.value)} (95 % ${signed(gain.low)} to ${signed(gain.high)})`,
  ];
  const found = [...segments, ...pairs];
  const asked = `${tested.segments} segments and ${tested.pairs} cells of pairs were tested (false discoveries at most ${level * 100} %)`;
  if (found.length === 0) {
    return [...lines, `${asked}: none in which the glass box misses something that the challenger finds.`];
  }
  const rows = [...segments.slice(0, SHOWN), ...pairs.slice(0, SHOWN)].map((win) => [
    win.features.map((name, i) => `${name} ${valuesText(win.values[i]!, false, 'en')}`).join(' × '),
    String(win.rows),
    signed(win.gain),
    win.adjustedPValue < 0.0001 ? '< 0.0001' : win.adjustedPValue.toFixed(4),
  ]);
  const hidden = Math.max(0, segments.length - SHOWN) + Math.max(0, pairs.length - SHOWN);
  return [
    ...lines,
    `${asked}. The glass box misses something here:`,
    textTable(['segment or pair', 'rows', 'gain', 'adjusted p'], rows),
    ...(hidden > 0 ? [`and ${hidden} more (--json has all)`] : []),
  ];
}
