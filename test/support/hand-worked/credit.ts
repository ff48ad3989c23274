import {
  ago,
  bill,
  exposure,
  fact,
  pay,
  relation,
  score,
  story,
  until,
  type Fact,
  type Story,
  type Values,
} from './story.ts';

const line = (id: string, days: number, limit_amount: number, balance: number, more: Values = {}): Fact =>
  fact('credit_lines', days, { credit_line_id: id, kind: 'trade', limit_amount, balance, ...more });
const guarantee = (id: string, by: string, more: Values = {}): Fact =>
  fact('guarantees', 200, { guarantee_id: id, guarantor_party_id: by, kind: 'guarantee', amount: 50, ...more });
const of = (party_id: string, ...scores: readonly Fact[]): readonly Fact[] =>
  scores.map(([table, values]): Fact => [table, { ...values, party_id }]);

/** Scores of the 20th of each month, the newest first: of 11, 42, 72, 103, 131, 162 days ago. */
const monthly = (...points: readonly number[]): readonly Fact[] =>
  points.map((each, i) => score([11, 42, 72, 103, 131, 162][i] ?? 0, each));

export const CREDIT: readonly Story[] = [
  story(
    'drew',
    'drawn 900 of 1000 since 10 days; 30 days ago 300 of 1100, with a line that has ended since; loans do not count',
    [
      until(10, line('dr', 200, 1000, 200)),
      line('dr', 10, 1000, 900),
      line('dr-loan', 200, 1000, 1000, { kind: 'loan' }),
      line('dr-ended', 200, 100, 100, { ends_on: ago(1) }),
    ],
    { utilisation_now: 0.9, utilisation_jump_30d: 0.9 - 300 / 1100, limit_excess: 0, exposure_now: 1900 },
  ),
  story(
    'drew-30-days-ago',
    'what was drawn 30 days ago is no jump; a line counts on its last day',
    [until(30, line('dt', 200, 1000, 200)), line('dt', 30, 1000, 900, { ends_on: ago(0) })],
    { utilisation_now: 0.9, utilisation_jump_30d: 0, limit_excess: 0 },
  ),
  story(
    'above-one-line',
    'what is free of one line does not make good what is drawn above another; no line 30 days ago, no jump',
    [line('ab-1', 20, 1000, 1200), line('ab-2', 20, 1000, 100)],
    { utilisation_now: 0.65, utilisation_jump_30d: null, limit_excess: 200 },
  ),
  story('full', 'look-alike: drawn to the limit is not above it', [line('fu', 100, 1000, 1000)], {
    limit_excess: 0,
    utilisation_now: 1,
    utilisation_jump_30d: 0,
  }),
  story(
    'owes',
    'drawn, not what we owe, and open bills: 300 + 1000 + 70 + 80 + 60; past due is what is neither disputed nor due today',
    [
      line('ow-1', 90, 1000, 300),
      line('ow-2', 90, 1000, -50),
      line('ow-3', 90, 5000, 1000, { kind: 'loan' }),
      bill('ow-a', 35, 5),
      pay('ow-a', 6, 30),
      bill('ow-b', 30, 0, 80),
      bill('ow-c', 40, 10, 60, { disputed: true }),
      bill('ow-d', 40, 10, 50),
      pay('ow-d', 10, 70),
    ],
    { exposure_now: 1510, overdue_now: 70 },
  ),
  story('owes-nobody-knows', 'neither a line nor a bill', [relation('owes-nobody-knows', 'x', 'household')], {
    exposure_now: null,
    overdue_now: null,
    group_exposure: null,
    concentration_share: null,
  }),
  story(
    'subsidiary',
    'its own 20, its parent 30 and the sister 40 of 1000; neither who stands surety nor who lives there',
    [
      relation('subsidiary', 'parent', 'group'),
      relation('sister', 'parent', 'owner'),
      relation('subsidiary', 'surety', 'guarantor'),
      relation('flatmate', 'subsidiary', 'household'),
      until(5, relation('sold', 'parent', 'group')),
      exposure('*', 1000),
      exposure('subsidiary', 20),
      exposure('parent', 30),
      exposure('sister', 40),
      exposure('surety', 500),
      exposure('flatmate', 300),
      exposure('sold', 60),
    ],
    { group_exposure: 90, concentration_share: 0.09 },
  ),
  story('parent', 'seen from the parent it is the same group', [], { group_exposure: 90, concentration_share: 0.09 }),
  story('sold', 'who left the group stands alone', [], { group_exposure: 60, concentration_share: 0.06 }),
  story(
    'guaranteed',
    'the guarantor who fell furthest: from rank 3 (90 days ago) to 6; a relation guarantees as well',
    [
      guarantee('gu-1', 'falling'),
      relation('guaranteed', 'steady', 'guarantor'),
      ...of('falling', score(10, 500, 6), score(90, 600, 3), score(115, 700, 1)),
      ...of('steady', score(10, 560, 4), score(100, 560, 4)),
    ],
    { guarantor_migration_90d: 3, guarantor_rank: 6 },
  ),
  story(
    'guaranteed-long-ago',
    'a score of 60 days is not of today, one of 121 days not of 90 days ago',
    [
      guarantee('gl-1', 'silent'),
      guarantee('gl-2', 'young'),
      ...of('silent', score(60, 400, 8), score(120, 700, 2)),
      ...of('young', score(59, 500, 5), score(121, 700, 2)),
    ],
    { guarantor_migration_90d: null, guarantor_rank: 5 },
  ),
  story(
    'guaranteed-till-yesterday',
    'look-alike: a guarantee that has ended; one of a flatmate is none',
    [guarantee('gy-1', 'falling', { ends_on: ago(1) }), relation('guaranteed-till-yesterday', 'falling', 'household')],
    { guarantor_migration_90d: null, guarantor_rank: null },
  ),
  story(
    'fell',
    'newest of each month 530 after 602; months before moved by 2, 1, 2, 1: less than the 5 points at least; grade 6 after 3',
    [
      score(11, 530, 6),
      score(21, 400, 9),
      score(42, 602),
      score(72, 600, 3),
      score(103, 599, 1),
      score(131, 601),
      score(162, 600),
    ],
    { score_drop: 72, score_drop_own: 14.4, grade_rank: 6, grade_migration_90d: 3 },
  ),
  story(
    'always-moves',
    'look-alike: 70 points are little to one who moves by 40 a month: 70 / (1.4826 x 40)',
    monthly(530, 600, 640, 600, 640, 600),
    { score_drop: 70, score_drop_own: 70 / (1.4826 * 40) },
  ),
  story('rose', 'a rise is a negative fall; three changes before are enough', monthly(640, 600, 610, 600, 610), {
    score_drop: -40,
    score_drop_own: -40 / 14.826,
  }),
  story('scored-four-times', 'two changes before are too few', monthly(530, 600, 610, 600), {
    score_drop: 70,
    score_drop_own: null,
  }),
  story('scored-120', 'a score of 120 days is about 90 days old', [score(59, 500, 5), score(120, 600, 2)], {
    grade_migration_90d: 3,
  }),
  story('scored-121', 'one of 121 days is not', [score(59, 500, 5), score(121, 600, 2)], { grade_migration_90d: null }),
];
