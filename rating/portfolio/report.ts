import { concentration } from '../../models/metrics/index.ts';
import type { LossFile } from '../rules/index.ts';
import { gradeIndexOf, type GradeClass, type MasterScale } from '../master-scale.ts';
import type { Book, BookSource } from './book.ts';
import type { PortfolioAssumptions } from './portfolio-schema.ts';
import { changeSince, type EarlierReport, type ReportChange } from './change.ts';
import { concernedCustomers, openWarningsOf, type OpenWarnings, type StandingWarning } from './open-warnings.ts';
import { stressedPd } from './stress.ts';

/** A part of the portfolio. Amounts in major units; exposures that are not known count as 0. */
export interface PortfolioPart {
  readonly customers: number;
  readonly exposure: number;
  /** PD · LGD · exposure at default, over the model's horizon. */
  readonly expectedLoss: number;
  /** Mean over customers; null: there are none. */
  readonly meanPd: number | null;
}

export interface NamedPart extends PortfolioPart {
  readonly name: string;
}

/** A customer in a list; the name stands beside the report, so that it can be erased. */
export interface ListedCustomer {
  readonly customerId: string;
  readonly grade: string;
  readonly pd: number;
  readonly exposure: number;
  readonly expectedLoss: number;
  /** Margin on a year's sales less expected loss; null: sales are not known. */
  readonly net: number | null;
}

export interface PortfolioReport extends PortfolioPart {
  /** Those of the first format tell neither of open warnings nor of the report before. */
  readonly format: 'probity.portfolio/1' | 'probity.portfolio/2';
  readonly source: BookSource;
  readonly assumptions: string;
  /** Customers whose exposure is not known. */
  readonly unknownExposure: number;
  /** Expected loss in basis points of exposure: 10,000 · expected loss / exposure; null: nothing is exposed. */
  readonly riskIndex: number | null;
  readonly byGrade: readonly NamedPart[];
  readonly byClass: readonly (NamedPart & { readonly name: GradeClass })[];
  readonly bySegment: readonly NamedPart[];
  readonly byVintage: readonly NamedPart[];
  /** From the book before (rows) to this one (columns), grades safest first; null: there is none before. */
  readonly migration: {
    readonly grades: readonly string[];
    readonly customers: readonly (readonly number[])[];
    readonly exposure: readonly (readonly number[])[];
    readonly worse: number;
    readonly better: number;
    readonly entered: number;
    readonly left: number;
  } | null;
  readonly concentration: {
    /** Sums of squared shares of exposure, by customer and by segment. */
    readonly customers: number;
    readonly segments: number;
    readonly largest: readonly { readonly count: number; readonly share: number }[];
  } | null;
  readonly stress: {
    readonly scenarios: readonly {
      readonly code: string;
      readonly expectedLoss: number;
      readonly meanPd: number | null;
    }[];
    /** Loss where the largest names default at once. */
    readonly singleNames: readonly { readonly count: number; readonly loss: number }[];
  };
  /** Value tiers (thirds of a year's sales) by risk class: where to grow and where to hold back. */
  readonly ranking: readonly {
    readonly value: 'high' | 'middle' | 'low' | 'unknown';
    readonly risk: GradeClass;
    readonly customers: number;
    readonly exposure: number;
    readonly net: number;
  }[];
  readonly topExposures: readonly ListedCustomer[];
  readonly topLosses: readonly ListedCustomer[];
  /** Customers of known sales by net, the best first, and the worst first: the ranking by value tier and risk class, customer by customer. */
  readonly bestNet: readonly RankedCustomer[];
  readonly worstNet: readonly RankedCustomer[];
  /** Null: not looked at. */
  readonly openWarnings: OpenWarnings | null;
  /** Since the report on an earlier instant; null: there is none. */
  readonly change: ReportChange | null;
}

/** A customer in the ranking by what is earned less what is expected to be lost, with value tier and risk class. */
export interface RankedCustomer extends ListedCustomer {
  readonly value: 'high' | 'middle' | 'low';
  readonly risk: GradeClass;
}

/** What a report tells besides its book. */
export interface BesideTheBook {
  /** Those that stood at an instant; null: they were not looked at. */
  readonly warnings: { readonly at: string; readonly standing: readonly StandingWarning[] } | null;
  readonly earlier: EarlierReport | null;
}

interface Standards {
  readonly masterScale: MasterScale;
  readonly loss: LossFile;
  readonly assumptions: PortfolioAssumptions;
}

/** The report of a book: a pure function of its columns, of data, of the warnings that stand and of the report before. */
export function portfolioReport(
  book: Book,
  source: BookSource,
  { masterScale, loss, assumptions }: Standards,
  { warnings, earlier }: BesideTheBook = { warnings: null, earlier: null },
): PortfolioReport {
  const size = book.customers.length;
  const { grades } = masterScale;
  const grade = Uint8Array.from(book.pd, (pd) => gradeIndexOf(pd, masterScale));
  const exposure = book.exposure.map((amount) => (Number.isNaN(amount) ? 0 : amount));
  const lossGiven = Float64Array.from({ length: size }, (_, i) => {
    const { lgd, exposureAtDefault } = lossOf(loss, book.segments[i] ?? null);
    return lgd * exposureAtDefault * exposure[i]!;
  });
  const expected = lossGiven.map((amount, i) => amount * book.pd[i]!);
  const part = (of: readonly number[]): PortfolioPart => ({
    customers: of.length,
    exposure: sum(of, exposure),
    expectedLoss: sum(of, expected),
    meanPd: of.length === 0 ? null : sum(of, book.pd) / of.length,
  });
  const everyone = Array.from({ length: size }, (_, i) => i);
  const parted = (names: readonly string[], nameOf: (i: number) => string): NamedPart[] => {
    const members = new Map<string, number[]>(names.map((name) => [name, []]));
    for (const i of everyone) {
      const name = nameOf(i);
      const list = members.get(name) ?? [];
      list.push(i);
      members.set(name, list);
    }
    return [...members].map(([name, of]) => ({ name, ...part(of) }));
  };
  const classOf = (i: number): GradeClass => grades[grade[i]!]!.class;
  const whole = part(everyone);
  const bySegment = parted([], (i) => book.segments[i] ?? '').toSorted((a, b) => b.exposure - a.exposure);
  const byExposure = everyone.toSorted((a, b) => exposure[b]! - exposure[a]! || a - b);
  const byLoss = everyone.toSorted((a, b) => expected[b]! - expected[a]! || a - b);
  const net = (i: number): number => {
    const sales = book.sales[i]!;
    return Number.isNaN(sales) ? Number.NaN : assumptions.margin * sales - expected[i]!;
  };
  const listed = (i: number): ListedCustomer => ({
    customerId: book.customers[i]!,
    grade: grades[grade[i]!]!.code,
    pd: book.pd[i]!,
    exposure: exposure[i]!,
    expectedLoss: expected[i]!,
    net: Number.isNaN(net(i)) ? null : net(i),
  });
  const byClass = parted(['high', 'middle', 'low'], classOf) as PortfolioReport['byClass'];
  const riskIndex = whole.exposure > 0 ? (10_000 * whole.expectedLoss) / whole.exposure : null;
  const openWarnings = warnings === null ? null : standing(warnings.standing, book, warnings.at);
  const tiers = valueTiers(book.sales, everyone);
  const byNet = everyone.filter((i) => tiers.has(i)).toSorted((a, b) => net(b) - net(a) || a - b);
  const ranked = (i: number): RankedCustomer => ({ ...listed(i), value: tiers.get(i)!, risk: classOf(i) });
  return {
    format: 'probity.portfolio/2',
    source,
    assumptions: `${assumptions.name}@${assumptions.version}`,
    ...whole,
    unknownExposure: book.exposure.reduce((count, amount) => count + (Number.isNaN(amount) ? 1 : 0), 0),
    riskIndex,
    byGrade: parted(
      grades.map(({ code }) => code),
      (i) => grades[grade[i]!]!.code,
    ),
    byClass,
    bySegment,
    byVintage: parted([], (i) => (book.vintages[i] === 0 ? '' : String(book.vintages[i]))).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    migration: source.before === null ? null : migrationOf(book, grade, exposure, source.before.left, masterScale),
    concentration:
      whole.exposure > 0
        ? {
            customers: concentration([...exposure]).herfindahl,
            segments: concentration(bySegment.map((each) => each.exposure)).herfindahl,
            largest: assumptions.singleNames.map((count) => ({
              count,
              share: sum(byExposure.slice(0, count), exposure) / whole.exposure,
            })),
          }
        : null,
    stress: {
      scenarios: assumptions.scenarios.map((scenario) => {
        const stressed = book.pd.map((pd) => stressedPd(pd, scenario));
        const losses = stressed.map(
          (pd, i) =>
            pd *
            Math.min(
              exposure[i]! * lossOf(loss, book.segments[i] ?? null).exposureAtDefault,
              lossGiven[i]! * scenario.lgdFactor,
            ),
        );
        return {
          code: scenario.code,
          expectedLoss: sum(everyone, losses),
          meanPd: size === 0 ? null : sum(everyone, stressed) / size,
        };
      }),
      singleNames: assumptions.singleNames.map((count) => ({
        count,
        loss: sum(everyone.toSorted((a, b) => lossGiven[b]! - lossGiven[a]! || a - b).slice(0, count), lossGiven),
      })),
    },
    ranking: rankingOf(tiers, everyone, classOf, exposure, net),
    topExposures: byExposure.slice(0, assumptions.names).map(listed),
    topLosses: byLoss.slice(0, assumptions.names).map(listed),
    bestNet: byNet.slice(0, assumptions.names).map(ranked),
    worstNet: byNet.toReversed().slice(0, assumptions.names).map(ranked),
    openWarnings,
    change: earlier === null ? null : changeSince({ ...whole, riskIndex, byClass, openWarnings }, earlier),
  };
}

/** The warnings that stand, with exposures of the book. */
function standing(warnings: readonly StandingWarning[], book: Book, at: string): OpenWarnings {
  const of = new Set(warnings.flatMap(concernedCustomers).map(({ customerId }) => customerId));
  const exposures = new Map<string, number>();
  book.customers.forEach((customerId, i) => {
    const exposure = book.exposure[i]!;
    if (of.has(customerId) && !Number.isNaN(exposure)) exposures.set(customerId, exposure);
  });
  return openWarningsOf(warnings, (customerId) => exposures.get(customerId) ?? null, at);
}

/** The losses assumed for a segment: its own, or what holds otherwise. */
export function lossOf({ segments, otherwise }: LossFile, segment: string | null): LossFile['otherwise'] {
  return (segment !== null && Object.hasOwn(segments, segment) ? segments[segment] : undefined) ?? otherwise;
}

/** Compensated (Neumaier 1974): a total does not depend on how many small customers stand before a large one. */
function sum(of: readonly number[], values: Float64Array): number {
  let total = 0;
  let rest = 0;
  for (const i of of) {
    const value = values[i]!;
    const next = total + value;
    rest += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + rest;
}

function migrationOf(
  book: Book,
  grade: Uint8Array,
  exposure: Float64Array,
  left: number,
  scale: MasterScale,
): NonNullable<PortfolioReport['migration']> {
  const { grades } = scale;
  const square = (): number[][] => grades.map(() => grades.map(() => 0));
  const [customers, moved] = [square(), square()];
  let [worse, better, entered] = [0, 0, 0];
  for (let i = 0; i < grade.length; i++) {
    const pd = book.previousPd[i]!;
    if (Number.isNaN(pd)) {
      entered++;
      continue;
    }
    const [from, to] = [gradeIndexOf(pd, scale), grade[i]!];
    customers[from]![to]!++;
    moved[from]![to]! += exposure[i]!;
    if (to > from) worse++;
    else if (to < from) better++;
  }
  return { grades: grades.map(({ code }) => code), customers, exposure: moved, worse, better, entered, left };
}

/** The third of customers, by a year's sales, that each belongs to; whose sales are not known is in none. */
function valueTiers(sales: Float64Array, everyone: readonly number[]): ReadonlyMap<number, 'high' | 'middle' | 'low'> {
  const known = everyone.filter((i) => !Number.isNaN(sales[i]!)).toSorted((a, b) => sales[b]! - sales[a]! || a - b);
  return new Map(
    known.map((i, place) => {
      const third = Math.floor((3 * place) / known.length);
      return [i, third === 0 ? 'high' : third === 1 ? 'middle' : 'low'];
    }),
  );
}

function rankingOf(
  tier: ReadonlyMap<number, 'high' | 'middle' | 'low'>,
  everyone: readonly number[],
  classOf: (i: number) => GradeClass,
  exposure: Float64Array,
  net: (i: number) => number,
): PortfolioReport['ranking'] {
  return (['high', 'middle', 'low', 'unknown'] as const).flatMap((value) =>
    (['high', 'middle', 'low'] as const).map((risk) => {
      const of = everyone.filter((i) => (tier.get(i) ?? 'unknown') === value && classOf(i) === risk);
      const nets = of.map(net).filter((each) => !Number.isNaN(each));
      return {
        value,
        risk,
        customers: of.length,
        exposure: sum(of, exposure),
        net: nets.reduce((a, b) => a + b, 0),
      };
    }),
  );
}
