// The contacts that a campaign has called: the campaign that takes over must not call them again. Read from the tenant's calls
// and from outdial's own ledger.

import { HOUR_MS, OutdialError } from "../../../kernel/index.ts";
import type { HandoverHolds, Store } from "../../../store/index.ts";
import {
  type CallOptions,
  type CampaignRunner,
  type ContactSource,
  type DoNotCallGroups,
  type OutcomeSource,
  parseCall,
  parseContact,
  TenantError,
  type ViewList,
} from "../../../tenant/port.ts";
import { phones } from "../../compliance/index.ts";
import { countContacts, SAY_GONE } from "../../known/index.ts";
import { tenantNumber } from "../../tenant-dnc/use-cases.ts";
import type { FailoverPolicy } from "./policy.ts";

const CALLS_PAGE = 5000;
/** Contacts per statement. */
const BATCH = 5000;

/** What is needed to find out which contacts a campaign has called. */
export interface CalledDeps {
  readonly runner: CampaignRunner;
  readonly calls: OutcomeSource;
  readonly contacts: ContactSource;
  readonly holds: HandoverHolds;
  readonly counts: Pick<Store, "knownCounts">;
  /** Absent where a tenant cannot hold numbers back. */
  readonly holdBack?: DoNotCallGroups["holdBack"] | undefined;
}

/** The contacts' part of a hand-over. */
interface ContactHandover {
  /** Id of the primary, which identifies the pair. */
  readonly primary: string;
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly holdHours: number;
  readonly at: number;
  /** What the policy says of contacts on both lists. */
  readonly overlap: FailoverPolicy["overlap"];
}

interface HandedContacts {
  /** Number of contacts on the list of the campaign taking over that it must not call, and that the tenant does not hold back. */
  readonly overlap: number;
  /** Of those that it must not call, how many the tenant's own dialer leaves out, or would. */
  readonly atTenant: number;
  /** Number of telephone numbers that were called. */
  readonly called: number;
  /** Calls without number and contact: because of them, all contacts on the first campaign's list count as called. */
  readonly unidentified: number;
  /**
   * Contacts with an unreadable number, or called on an unknown number: it is not known whether the campaign taking over would
   * call them again.
   */
  readonly unreadable: number;
  /** Whether both campaigns call one list. */
  readonly sameList: boolean;
  /** A sentence about a list that the tenant does not have, or that has far fewer contacts than it had; null when there is none. */
  readonly doubt: string | null;
}

/**
 * Finds the contacts that the first campaign has called and that are on the list of the campaign taking over. With `write` they
 * are held back: every gate refuses them for that campaign until `holdHours` after the call. Can be repeated. A list that does not
 * exist, or shrank, is told as a doubt. Throws TenantError.
 */
export async function handContacts(
  deps: CalledDeps,
  handover: ContactHandover,
  write: boolean,
  options: CallOptions,
): Promise<HandedContacts> {
  const { from, to, at, holdHours } = handover;
  const since = at - holdHours * HOUR_MS;
  const [fromList, toList] = await Promise.all([listOf(deps, from, options), listOf(deps, to, options)]);
  const sameList = fromList !== null && fromList === toList;
  const called = await calledBy(deps, from, since, at, options);
  const someUnknown = called.unidentified > 0 || called.ids.size > 0;
  const doubts = new Set<string>();
  const doubted = async function* (campaign: string, listId: string) {
    yield* contactsOf(deps, { campaign, listId, at }, doubts, options);
  };
  let unreadable =
    someUnknown && fromList !== null ? await identify(called, doubted(from, fromList), sameList, at) : called.ids.size;
  for (const number of await deps.holds.calledBy(from, since)) if (!called.numbers.has(number)) called.numbers.set(number, at);
  const shared: ListedContact[] = [];
  if (toList !== null && (called.numbers.size > 0 || called.ids.size > 0))
    for await (const one of doubted(to, toList)) {
      const { id = "", numbers, isReadable } = one;
      // Ids belong to a list: they identify the same contact only on the same list.
      const wasCalled = numbers.some((number) => called.numbers.has(number)) || (sameList && called.ids.has(id));
      if (wasCalled) shared.push(one);
      else if (!isReadable) unreadable += 1;
    }
  if (write) await hold(deps, handover, called.numbers);
  // Of a shared list also those who are done with there: a record may be opened again.
  const beside = sameList ? called.numbers.keys() : [];
  const isMany = shared.length + (sameList ? called.numbers.size : 0) > MOST_AT_TENANT;
  const canHold = handover.overlap === "hold" && !isMany ? deps.holdBack : undefined;
  const would = { held: shared.filter(({ isReadable }) => isReadable).length, open: 0 };
  const { held: atTenant, open } =
    canHold === undefined
      ? { held: 0, open: 0 }
      : write
        ? await heldAt(canHold, handover, shared, { calledAt: called.numbers, beside }, options)
        : would;
  return {
    overlap: shared.length - atTenant + open,
    atTenant,
    called: called.numbers.size,
    unidentified: called.unidentified,
    unreadable,
    sameList,
    doubt: [...doubts].join("; ") || null,
  };
}

async function listOf({ runner }: CalledDeps, campaign: string, options: CallOptions): Promise<string | null> {
  return (await runner.status(campaign, options)).contactListId || null;
}

interface Called {
  /** By number, the time of the latest call. */
  readonly numbers: Map<number, number>;
  /** Contacts whose calls had no number. */
  readonly ids: Set<string>;
  unidentified: number;
}

/**
 * Adds the numbers of contacts whose calls have only the contact. For calls that have neither, adds the numbers of everybody on
 * the first campaign's list.
 * @returns number of contacts for whom it is not known on which numbers they were called
 */
async function identify(called: Called, contacts: AsyncIterable<ListedContact>, sameList: boolean, at: number): Promise<number> {
  const missing = new Set(called.ids);
  let unreadable = 0;
  for await (const { id, numbers, isReadable } of contacts) {
    if (called.unidentified === 0 && (id === undefined || !called.ids.has(id))) continue;
    if (!isReadable) unreadable += 1;
    if (id !== undefined) {
      called.ids.add(id);
      missing.delete(id);
    }
    for (const number of numbers) called.numbers.set(number, at);
  }
  // A contact that is no longer on the shared list will not be called from it either.
  return sameList ? unreadable : unreadable + missing.size;
}

async function calledBy(deps: CalledDeps, campaignId: string, since: number, at: number, options: CallOptions): Promise<Called> {
  const called: Called = { numbers: new Map(), ids: new Set(), unidentified: 0 };
  // Up to the tenant's own present time, since its clock may differ from ours.
  const query = { campaignId, startDateTime: new Date(since).toISOString(), limit: CALLS_PAGE };
  for await (const item of itemsOf(deps.calls.calls(query, options))) {
    const parsed = parseCall(item);
    if ("problem" in parsed) {
      called.unidentified += 1;
      continue;
    }
    const { phoneNumber, contactId, startTime } = parsed.item;
    const named = typeof phoneNumber === "string" ? phones(phoneNumber) : undefined;
    if (named !== undefined && "ok" in named) {
      const time = Date.parse(startTime ?? "");
      for (const number of named.ok.keys)
        called.numbers.set(number, Math.max(called.numbers.get(number) ?? 0, Number.isNaN(time) ? at : time));
    } else if (typeof contactId === "string") called.ids.add(contactId);
    else called.unidentified += 1;
  }
  return called;
}

/** Items as the tenant sent them: one of another form must not stop the hand-over. */
async function* itemsOf({ pages }: Pick<ViewList<unknown>, "pages">): AsyncGenerator {
  for await (const { items } of pages()) yield* items;
}

interface ListedContact {
  readonly id: string | undefined;
  /** All readable numbers. */
  readonly numbers: readonly number[];
  /** False when none, or not all, of its numbers can be read. */
  readonly isReadable: boolean;
}

/** The contacts of a list, compared with how many it had. @param doubts gets a sentence when it has far fewer, or does not exist */
async function* contactsOf(
  { contacts: source, counts: store }: CalledDeps,
  { campaign: campaignId, listId, at }: { readonly campaign: string; readonly listId: string; readonly at: number },
  doubts: Set<string>,
  options: CallOptions,
): AsyncGenerator<ListedContact> {
  let count = 0;
  let announced: number | undefined;
  try {
    for await (const { items, reply } of source.contacts(listId, { query: "true" }, options).pages()) {
      if (typeof reply.total === "number") announced = reply.total;
      count += items.length;
      yield* items.map(listed);
    }
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code !== "not_found") throw thrown;
    doubts.add(`the tenant has no contact list ${listId}, which campaign ${campaignId} calls`);
    return;
  }
  const shorter = await countContacts({ source, store }, { listId, campaignId, at, announced, read: count }, options);
  if (shorter !== undefined) doubts.add(`${shorter}; ${SAY_GONE}`);
}

function listed(item: unknown): ListedContact {
  const parsed = parseContact(item);
  if ("problem" in parsed) return { id: undefined, numbers: [], isReadable: false };
  const { id, phoneNumber = "", phoneNumbers = [phoneNumber] } = parsed.item;
  const read = phoneNumbers.map((text) => phones(text));
  const numbers = read.flatMap((one) => ("ok" in one ? one.ok.keys : []));
  return { id, numbers, isReadable: read.length > 0 && read.every((one) => "ok" in one) };
}

async function hold({ holds }: CalledDeps, handover: ContactHandover, numbers: ReadonlyMap<number, number>): Promise<void> {
  const { to, primary, number, holdHours } = handover;
  const rows = [...numbers].map(([key, calledAt]) => ({ number: key, until: calledAt + holdHours * HOUR_MS }));
  for (let i = 0; i < rows.length; i += BATCH) await holds.hold(to, { primary, handover: number }, rows.slice(i, i + BATCH));
}

/** Most contacts that are held back at the tenant in one hand-over: one request each. */
const MOST_AT_TENANT = 2000;

/**
 * Has the tenant's dialer leave contacts out, with all their numbers.
 * @returns for how many it shows that, and how many of the numbers beside are still open
 */
async function heldAt(
  holdBack: NonNullable<CalledDeps["holdBack"]>,
  { to, at, holdHours }: ContactHandover,
  contacts: readonly ListedContact[],
  { calledAt, beside }: { readonly calledAt: ReadonlyMap<number, number>; readonly beside: Iterable<number> },
  options: CallOptions,
): Promise<{ readonly held: number; readonly open: number }> {
  // A contact with a number that cannot be read could still be called on it.
  const readable = contacts.filter(({ isReadable }) => isReadable);
  const untilOf = (numbers: readonly number[]) =>
    Math.max(...numbers.map((one) => calledAt.get(one) ?? at)) + holdHours * HOUR_MS;
  const until = new Map([...beside].map((one) => [tenantNumber(one), untilOf([one])]));
  for (const { numbers } of readable) for (const one of numbers) until.set(tenantNumber(one), untilOf(numbers));
  const open = new Set(until.size === 0 ? [] : await holdBack(to, until, options));
  const isHeld = ({ numbers }: ListedContact) => numbers.every((one) => !open.has(tenantNumber(one)));
  const theirs = new Set(contacts.flatMap(({ numbers }) => numbers.map(tenantNumber)));
  return { held: readable.filter(isHeld).length, open: [...open].filter((one) => !theirs.has(one)).length };
}

/** Why the contacts forbid the activation; undefined when they do not. */
export function overlapProblem(handed: HandedContacts, to: string): string | undefined {
  const { overlap, sameList, unidentified } = handed;
  if (overlap === 0) return undefined;
  const unknown =
    unidentified === 0 ? "" : ` (${unidentified} calls name nobody, so everybody on the other list counts as called)`;
  const unreadable = unreadableWords(handed);
  const why = sameList ? "both campaigns call one list" : "their lists overlap";
  return `${overlap} contacts on the list of ${to} have been called by the other campaign, because ${why}${unknown}; take them off its list, accept it with overlap: accept, or on profile acd hold them back at the tenant with overlap: hold${unreadable === undefined ? "" : `; ${unreadable}`}`;
}

/** A sentence about contacts with unknown calls; undefined when there are none. */
export function unreadableWords({ unreadable }: Pick<HandedContacts, "unreadable">): string | undefined {
  return unreadable === 0
    ? undefined
    : `of ${unreadable} contacts the tenant names no number that can be read, or not the one that was called: whether they would be called again is not known`;
}

/** The event of a hand-over of contacts. */
export function handedOf(handed: HandedContacts, { overlap }: Pick<FailoverPolicy, "overlap">, to: string) {
  const { called: held, unreadable, doubt } = handed;
  const problem = doubt ?? (overlap !== "accept" ? (overlapProblem(handed, to) ?? null) : null);
  return { type: "handed", held, unreadable, problem } as const;
}

/** Whether asking again is useless until a person has acted. */
export const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof OutdialError && (thrown.code === "unauthorized" || thrown.code === "missing_scope");
