import { ago, fact, story, until, type Fact, type Story, type Values } from './story.ts';

const order = (id: string, days: number, amount: number, status = 'delivered'): Fact =>
  fact('orders', days, { order_id: id, amount, status });
const contact = (contact_id: string, days: number, digest: string): Fact =>
  fact('contacts', days, { contact_id, kind: 'phone', digest });
const event = (days: number, kind: string): Fact =>
  fact('behaviour_events', days, { event_id: `${kind}-${days}`, kind });
const message = (days: number, direction: string, topic: string): Fact =>
  fact('communications', days, {
    communication_id: `${topic}-${direction}-${days}`,
    channel: 'email',
    direction,
    topic,
  });
const document = (kind: string, issued: number, expires: number | null, more: Values = {}): Fact =>
  fact('documents', issued, {
    document_id: `${kind}-${issued}`,
    kind,
    expires_on: expires === null ? null : ago(expires),
    ...more,
  });

// Eleven days with orders, the longest gap 14.
const rhythm = [28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 105];

export const CONDUCT: readonly Story[] = [
  story(
    'silent',
    'no order for 28 days, the longest gap of eleven days with orders was 14',
    rhythm.map((days) => order(`s-${days}`, days, 10)),
    { order_silence: 2 },
  ),
  story(
    'orders-twice-a-day',
    'look-alike: two orders of a day are one day; ten days are too few',
    [...rhythm.slice(0, 10).map((days) => order(`w-${days}`, days, 10)), order('w-again', 28, 10)],
    { order_silence: null },
  ),
  story(
    'falls',
    '20 in 60 days after a usual 100 (days 60 to 359); what went back counts only among what went back: 1000 of 1220',
    [
      ...[60, 120, 180, 240, 359].map((days) => order(`f-${days}`, days, 100)),
      order('f-360', 360, 1000),
      order('f-59', 59, 20),
      order('f-10', 10, 1000, 'returned'),
    ],
    {
      order_fall_60d: 0.8,
      order_surge_60d: 0.2,
      orders_before_300d: 5,
      refund_loops_180d: 0,
      refunded_share_180d: 1000 / 1220,
      order_silence: null,
    },
  ),
  story(
    'loops',
    'placed again within 21 days and 5 %: yes at 21 days and 105, and at 179 days; not at 22 days, not 211 for 200, not at 180 days',
    [
      order('a', 100, 100, 'cancelled'),
      order('a-2', 79, 105),
      order('b', 60, 100, 'returned'),
      order('b-2', 38, 100),
      order('c', 30, 200, 'cancelled'),
      order('c-2', 25, 211),
      order('d', 179, 50, 'cancelled'),
      order('d-2', 178, 50),
      order('e', 180, 70, 'cancelled'),
      order('e-2', 177, 70),
    ],
    { refund_loops_180d: 2, refunded_share_180d: 450 / 986 },
  ),
  story(
    'moves',
    'details that changed within 90 days: not one that is new, not one told again as it was, not one of 90 days ago',
    [
      until(20, contact('m-1', 200, 'x')),
      contact('m-1', 20, 'y'),
      contact('m-2', 50, 'z'),
      until(90, contact('m-3', 300, 'u')),
      contact('m-3', 90, 'v'),
      until(30, contact('m-4', 300, 'w')),
      contact('m-4', 30, 'w'),
    ],
    { contact_changes_90d: 1, complaints_90d: null },
  ),
  story(
    'moves-and-back',
    'away and back are two changes, at 89 days and since; the events about them are not counted again',
    [
      until(89, contact('n-1', 200, 'home')),
      until(10, contact('n-1', 89, 'away')),
      contact('n-1', 10, 'home'),
      event(89, 'details_changed'),
    ],
    { contact_changes_90d: 2, complaints_90d: 0 },
  ),
  story(
    'complains',
    'two events within 90 days (one of 90 days ago is older), one message: the larger count',
    [
      event(5, 'complaint'),
      event(89, 'complaint'),
      event(90, 'complaint'),
      message(5, 'in', 'complaint'),
      message(6, 'out', 'complaint'),
      message(7, 'in', 'service'),
    ],
    { complaints_90d: 2, contact_changes_90d: 0 },
  ),
  story(
    'writes',
    'look-alike: who asks for service, and whom we answer, does not complain',
    [message(5, 'in', 'service'), message(6, 'out', 'complaint')],
    { complaints_90d: 0 },
  ),
  story(
    'papers-lapsed',
    'a licence that expired 400 days ago is missing still, an identity card since yesterday; a statement is good for today',
    [
      document('licence', 1000, 400),
      document('identity', 1000, 1),
      document('statement', 300, 0),
      document('contract', 1000, 100),
      document('contract', 90, null),
      until(10, document('permit', 500, 50)),
    ],
    { documents_lapsed: 2, documents_lapsed_90d: 1 },
  ),
  story(
    'papers-renewed',
    'look-alike: renewed before it expired, and after; 90 days ago is lately, 91 is not',
    [
      document('licence', 1000, 400),
      document('licence', 410, -100),
      document('identity', 1000, 60),
      document('identity', 20, -1000),
      document('statement', 300, 90),
      document('contract', 300, 91),
    ],
    { documents_lapsed: 2, documents_lapsed_90d: 1 },
  ),
];
