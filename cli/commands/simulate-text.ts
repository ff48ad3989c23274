import type { Bounded } from '../../models/metrics/index.ts';
import { amountText, STANDINGS, type Compared } from '../../rating/index.ts';
import { textTable } from '../terminal/table.ts';
import type { Simulation } from './simulate.ts';

const NAMES = { approved: 'approved', referred: 'referred', declined: 'declined' } as const;
const percent = (share: number): string => (Number.isNaN(share) ? '-' : `${(100 * share).toFixed(2)} %`);

/** A simulation for people: what would be decided otherwise, what it is worth, and what cannot be known. */
export function simulationText(simulation: Simulation, minorDigits: number): string {
  const { period, decisions, customers, swaps, currency } = simulation;
  const money = (minor: number): string => (Number.isNaN(minor) ? '-' : amountText(Math.round(minor), minorDigits));
  const { level, margin, draws, seed } = simulation.assumptions;
  const heading = `${decisions} decisions on ${customers} customers from ${period.from} to ${period.until}, taken again ${alternativeText(simulation)}`;
  if (decisions === 0) return [heading, '', ...leftOutText(simulation)].join('\n');
  return [
    heading,
    '',
    textTable(
      ['before \\ after', ...STANDINGS.map((to) => NAMES[to])],
      STANDINGS.map((from) => [
        NAMES[from],
        ...STANDINGS.map((to) => String(swaps.find((cell) => cell.from === from && cell.to === to)?.count ?? 0)),
      ]),
    ),
    '',
    textTable(
      ['from', 'to', 'count', 'asked for', 'lent before', 'lent after', 'mean PD', 'then', 'realised default rate'],
      swaps.map((cell) => [
        NAMES[cell.from],
        NAMES[cell.to],
        String(cell.count),
        money(cell.requestedMinor),
        money(cell.lentBeforeMinor),
        money(cell.lentAfterMinor),
        percent(cell.meanPdBefore),
        percent(cell.meanPdAfter),
        realisedText(cell.realised),
      ]),
    ),
    '',
    textTable(
      ['', 'before', 'after', 'difference', `${Number((100 * level).toFixed(4))} % interval`],
      [
        comparedRow('Approved without a person', simulation.approvalRate, percent),
        comparedRow(`Expected loss, ${currency}`, simulation.expectedLossMinor, money),
        comparedRow('Expected profit, by the PD before', simulation.profitMinor.byPdBefore, money),
        comparedRow('Expected profit, by the PD after', simulation.profitMinor.byPdAfter, money),
      ],
    ),
    `Profit: ${percent(margin)} of what is repaid, less LGD × EAD of what is not. Intervals: ${draws} draws of whole customers, seed ${seed}.`,
    '',
    'What is known of outcomes',
    ...outcomesText(simulation, money),
    ...leftOutText(simulation),
  ].join('\n');
}

function alternativeText({ alternative }: Simulation): string {
  const { rules, model, cutoffs } = alternative;
  return [
    rules === null ? [] : [`under the rules of ${rules}`],
    model === null ? [] : [`by the model ${model.slice(0, 12)}`],
    cutoffs === null
      ? []
      : [
          `approving below a PD of ${cutoffs.approveBelow}${cutoffs.declineFrom === null ? '' : ` and declining from ${cutoffs.declineFrom}`}`,
        ],
  ]
    .flat()
    .join(', ');
}

function comparedRow(name: string, { before, after, difference }: Compared, text: (value: number) => string): string[] {
  return [name, text(before.value), text(after.value), text(difference.value), interval(difference, text)];
}

const interval = ({ low, high }: Bounded, text: (value: number) => string): string => `${text(low)} to ${text(high)}`;

function realisedText(realised: Simulation['swaps'][number]['realised']): string {
  if (realised === null) return 'not known';
  const few = realised.enough ? '' : ', too few to go by';
  return `${percent(realised.value)} (${interval(realised, percent)}; ${realised.rows} known${few})`;
}

function outcomesText(
  { outcomes, unknown, realisedProfitMinor: bounds }: Simulation,
  money: (minor: number) => string,
): string[] {
  const lines = [
    outcomes.knownUntil === null
      ? `Outcomes were not looked at: ${outcomes.why}`
      : `Known until ${outcomes.knownUntil}.`,
    `${unknown.neverLent} newly approved were given no credit then: what they would have done, nobody knows.`,
    `${unknown.notYetKnown} were given credit, and whether they default is not known by then.`,
    `${unknown.newlyReferred} newly referred: a person would decide; nothing is counted as lent to them.`,
  ];
  if (bounds === null) return lines;
  return [
    ...lines,
    `Profit, after less before, with the ${bounds.known} outcomes known where the two lend otherwise, and the ${bounds.unknown} others`,
    `  all against the change: ${money(bounds.lowest.value)} (${interval(bounds.lowest, money)})`,
    `  all in its favour:      ${money(bounds.highest.value)} (${interval(bounds.highest, money)})`,
  ];
}

function leftOutText({ leftOut, lookedUp }: Simulation): string[] {
  const { erased, rerated, withoutDecision, featuresLacking, refused } = leftOut;
  const { count, features } = featuresLacking;
  return [
    lookedUp > 0
      ? [`${lookedUp} on features that their evidence does not hold, looked up as they were known then.`]
      : [],
    erased > 0 ? [`Left out: ${erased} erased.`] : [],
    rerated > 0
      ? [`Left out: ${rerated} that the system rated again for reviews and disputes: no further credit.`]
      : [],
    withoutDecision > 0 ? [`Left out: ${withoutDecision} that were rated and not decided.`] : [],
    refused > 0 ? [`Left out: ${refused} that the alternative refuses to rate.`] : [],
    count > 0 ? [`Left out: ${count} whose evidence does not hold ${features.join(', ')}.`] : [],
  ].flat();
}
