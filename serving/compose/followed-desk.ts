import { canonicalJson, isProbityError, sha256, type Json, type Tenant } from '../../base/index.ts';
import type { FollowedClient } from '../../pipelines/followed.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { FollowedSteps, Receipted, UnauditedEvent } from '../../records/followed/index.ts';
import type { Pseudonyms, Receipt } from '../../records/ratings/index.ts';
import type { TemporalLink } from './temporal-link.ts';

/** The workflows that follow things of one kind, as a desk needs them. */
export interface FollowedWorkflows<Thing, Event> {
  /** Starts the workflow of one, where none follows it yet. Throws SERVICE_UNAVAILABLE. */
  follow(opened: Thing): Promise<void>;
  /** Throws the refusals of its law, WORKFLOW_NOT_FOUND, SERVICE_UNAVAILABLE. */
  act(id: string, event: Event): Promise<Thing>;
}

/** The workflows on the Temporal server of a project. */
export function temporalWorkflows<Thing, Event, Input>(of: {
  readonly tenant: Tenant;
  readonly link: TemporalLink;
  readonly kind: FollowedClient<Thing, Event, Input>;
  readonly input: (opened: Thing) => Input;
}): FollowedWorkflows<Thing, Event> {
  const { tenant, link, kind, input } = of;
  return {
    follow: (opened) => link.within((client) => kind.follow(client, input(opened))),
    act: (id, event) => link.within((client) => kind.act(client, tenant, id, event)),
  };
}

/** The steps of a desk that all kinds of followed things share. */
export interface FollowedDesk<Thing, Event> {
  /** Gives each its workflow. After a failure it waits: without Temporal, each look would wait for it. */
  readonly follow: () => Promise<void>;
  /** Gives each event its one place in the audit chain. */
  readonly audit: () => Promise<void>;
  /** The receipt of the last such step of one; it goes into the chain first, where the loop has not come to it yet. Null: there is no such step. */
  readonly receiptOf: (id: string, event: Event) => Promise<Receipt | null>;
  /** Acts through the workflow, which is started where the loop has not come to it yet, and puts the step into the audit chain. */
  readonly act: (thing: Thing, event: Event) => Promise<Receipted<Thing>>;
}

const AFTER_FAILURE_MS = 10_000;
const AT_ONCE = 200;

/** Composes them for things called `name`: in the chain their records are of that kind, and `<name>Id` is who they are. */
export function followedDesk<Thing, Event>(of: {
  readonly name: string;
  readonly idOf: (thing: Thing) => string;
  /** What an event's record says of the thing besides: the same however often it is asked. */
  readonly also?: (thing: Thing, event: Event) => Readonly<Record<string, Json>>;
  /** What follows from an event, done before its place in the chain counts as taken; may be repeated without effect. */
  readonly follows?: (thing: Thing, event: Event) => Promise<void>;
  readonly records: FollowedSteps<Thing, Event>;
  readonly workflows: FollowedWorkflows<Thing, Event>;
  readonly appender: Pick<Appender, 'append'>;
  readonly pseudonyms: Pseudonyms;
}): FollowedDesk<Thing, Event> {
  const { name, idOf, also, follows, records, workflows, appender, pseudonyms } = of;
  let followFrom = 0;

  /** Puts an event into the audit chain, once, whoever else does. */
  const put = async ({
    id,
    customerId,
    thing,
    revision,
    event,
    recorded = event as Json,
    at,
  }: UnauditedEvent<Thing, Event>): Promise<Receipt> => {
    const text = canonicalJson({
      format: `probity.${name}/1`,
      [`${name}Id`]: id,
      ...also?.(thing, event),
      revision,
      event: recorded,
      at,
    });
    const { record } = await appender.append({
      kind: name,
      subject: customerId === null ? null : pseudonyms.of(customerId),
      body: Buffer.from(text),
      // A space keeps these keys apart from those of callers, which have none.
      once: { key: `${name} ${id} ${revision}`, fingerprint: sha256(text) },
    });
    await follows?.(thing, event);
    await records.audited(id, revision);
    return { sequence: record.sequence, hash: record.hash, at: record.at };
  };
  const receiptOf = async (id: string, event: Event): Promise<Receipt | null> => {
    const asked = canonicalJson(event as Json);
    const steps = await records.auditable(id);
    const place = steps.findLastIndex((step) => canonicalJson(step.event as Json) === asked);
    let receipt: Receipt | null = null;
    // Those before it first: the chain tells of one thing in order.
    for (const step of steps.slice(0, place + 1)) if (!step.audited || step === steps[place]) receipt = await put(step);
    return receipt;
  };
  const actThrough = async (thing: Thing, event: Event): Promise<Thing> => {
    try {
      return await workflows.act(idOf(thing), event);
    } catch (error) {
      if (!isProbityError(error, 'WORKFLOW_NOT_FOUND')) throw error;
      await workflows.follow(thing);
      return workflows.act(idOf(thing), event);
    }
  };
  return {
    async follow() {
      if (Date.now() < followFrom) return;
      try {
        for (const opened of await records.unfollowed(AT_ONCE)) {
          await workflows.follow(opened);
          await records.followed(idOf(opened));
        }
      } catch (error) {
        followFrom = Date.now() + AFTER_FAILURE_MS;
        throw error;
      }
    },
    async audit() {
      for (const each of await records.unaudited(AT_ONCE)) await put(each);
    },
    receiptOf,
    async act(thing, event) {
      return { ...(await actThrough(thing, event)), receipt: await receiptOf(idOf(thing), event) };
    },
  };
}
