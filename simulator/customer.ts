import type { Random } from '../base/random.ts';

export const SEGMENTS = ['retail', 'affluent', 'micro', 'sme', 'corporate'] as const;
export const INDUSTRIES = ['manufacturing', 'construction', 'trade', 'hospitality', 'logistics', 'services'] as const;
export const OCCUPATIONS = ['employee', 'public_service', 'self_employed', 'pensioner'] as const;
export const REGIONS = ['north', 'east', 'south', 'west', 'central'] as const;

/** How strongly each industry, occupation and region rides the business cycle. */
const INDUSTRY_LOADING = [1, 1.5, 0.8, 1.4, 1.1, 0.6];
const OCCUPATION_LOADING = [0.7, 0.1, 1.1, 0.05];
const REGION_LOADING = [0.9, 1.1, 1, 1.2, 0.8];
/** Risk of each segment beside everything else, on the scale of solvency. */
const SEGMENT_SOLVENCY = [0, 0.5, -0.3, 0.1, 0.4];
const MONTHLY_INCOME = [3_000, 7_500, 18_000, 120_000, 900_000];

/** What a customer is, for good: drawn once. */
export interface Customer {
  readonly number: number;
  readonly company: boolean;
  /** Indexes into SEGMENTS, INDUSTRIES or OCCUPATIONS, REGIONS. */
  readonly segment: number;
  readonly industry: number;
  readonly region: number;
  /** Loading on the business cycle. */
  readonly loading: number;
  /** Long-run means of solvency and debt burden, and willingness to pay. */
  readonly solvencyMean: number;
  readonly debtMean: number;
  readonly willingness: number;
  /** Usual monthly income or turnover. */
  readonly income: number;
  /** Month index of joining; negative: before the portfolio's first month. */
  readonly joined: number;
  readonly dueDay: number;
  readonly salaryDay: number;
  /** Age in years at the first month. */
  readonly age: number;
  readonly female: boolean;
  readonly employees: number;
  /** Which sources know this customer. */
  readonly hasAccount: boolean;
  readonly hasBureau: boolean;
  readonly hasStatements: boolean;
}

/** Draws a customer; `months` is the length of the history. */
export function drawCustomer(number: number, months: number, random: Random): Customer {
  const company = random.uniform() < 0.3;
  const segment = company ? pick([0, 0, 0.5, 0.4, 0.1], random) : pick([0.8, 0.2], random);
  const industry = company ? random.integer(INDUSTRIES.length) : pick([0.6, 0.15, 0.13, 0.12], random);
  const region = pick([0.2, 0.3, 0.25, 0.15, 0.1], random);
  const loading =
    ((company ? INDUSTRY_LOADING : OCCUPATION_LOADING)[industry] as number) * (REGION_LOADING[region] as number);
  const quality = random.normal();
  const solvencyMean = 0.6 * quality + (SEGMENT_SOLVENCY[segment] as number);
  const income = (MONTHLY_INCOME[segment] as number) * Math.exp(0.3 * random.normal() + 0.08 * quality);
  const joined =
    random.uniform() < 0.65 ? -Math.floor(random.uniform() * 120) - 1 : Math.floor(random.uniform() * months * 0.7);
  return {
    number,
    company,
    segment,
    industry,
    region,
    loading,
    solvencyMean,
    debtMean: 0.7 * random.normal() - 0.2 * quality,
    willingness: 0.8 * random.normal(),
    income,
    joined,
    dueDay: 3 + random.integer(23),
    salaryDay: 1 + random.integer(27),
    age: company
      ? 2 + 30 * random.uniform() ** 2
      : !company && industry === 3
        ? 62 + 20 * random.uniform()
        : 20 + 42 * random.uniform(),
    female: random.uniform() < 0.5,
    employees: Math.max(1, Math.round((income / 9_000) * Math.exp(0.3 * random.normal()))),
    hasAccount: random.uniform() > 0.03,
    hasBureau: random.uniform() < 0.93 - 0.03 * quality,
    hasStatements: company && random.uniform() < (segment === 2 ? 0.6 : 0.95),
  };
}

function pick(weights: readonly number[], random: Random): number {
  let left = random.uniform();
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i] as number;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
