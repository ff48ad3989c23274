import { levelOf, worstLevel, type WarningLevel } from '../warnings/levels.ts';
import type { SignalRules } from './signal-rules.ts';

/** A warning that the tables give for a customer (or an industry), with what made them give it. */
export interface SignalTrigger {
  readonly code: string;
  readonly level: WarningLevel;
  /** The signals that the rows ask for, with their values. */
  readonly signals: { readonly [name: string]: number };
  /** `table row` of each row that accepted. */
  readonly rows: readonly string[];
}

/** What signals of one customer may be. */
export type Signals = { readonly [name: string]: number | string | boolean | null };

/** The triggers of some signals, one for each code, by the worst row of it; of customers who are left out, codes of honesty alone. The same signals give the same triggers. */
export async function triggersOf(signals: Signals, rules: SignalRules): Promise<readonly SignalTrigger[]> {
  const facts = { get: (field: string): unknown => signals[field.slice(PREFIX)] ?? null };
  const { leftOut, integrity } = rules;
  const isLeftOut = leftOut !== null && Number(signals[leftOut.signal] ?? -Infinity) >= leftOut.from;
  const found = new Map<string, { levels: WarningLevel[]; rows: string[]; asked: Set<string> }>();
  for (const runner of rules.tables) {
    const { table } = runner;
    for (const { row, outputs } of await runner.run(facts)) {
      const code = String(outputs['code']);
      if (isLeftOut && !integrity.has(code)) continue;
      const one = found.get(code) ?? { levels: [], rows: [], asked: new Set<string>() };
      found.set(code, one);
      one.levels.push(levelOf(outputs['severity'] as 'info' | 'warning' | 'critical'));
      one.rows.push(`${table.name} ${row}`);
      const tests = table.rows.find(({ id }) => id === row)?.tests ?? [];
      table.fields.forEach(({ name }, i) => {
        if (tests[i]?.kind !== 'any') one.asked.add(name.slice(PREFIX));
      });
    }
  }
  return [...found].map(([code, { levels, rows, asked }]) => ({
    code,
    level: worstLevel(levels),
    signals: Object.fromEntries(
      [...asked].flatMap((name) => {
        const value = signals[name];
        return typeof value === 'number' ? [[name, value] as const] : [];
      }),
    ),
    rows,
  }));
}

const PREFIX = 'signals.'.length;
