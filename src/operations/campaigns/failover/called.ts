// The contacts that a campaign has called: the campaign that takes over must not call them again. Read from the tenant's calls and from our own ledger.

import { OutdialError } from "../../../kernel/index.ts";
import type { HandoverHolds } from "../../../store/index.ts";
import {
  type CallOptions,
  type CampaignRunner,
  type ContactSource,
  type OutcomeSource,
  parseCall,
  parseContact,
  type ViewList,
} from "../../../tenant/port.ts";
import { phone } from "../../compliance/index.ts";
import type { FailoverPolicy } from "./policy.ts";

const HOUR_MS = 3_600_000;
const CALLS_PAGE = 5000;
const CONTACTS_PAGE = 100;
/** Contacts written at once. */
const BATCH = 5000;

export interface CalledDeps {
  readonly runner: CampaignRunner;
  readonly calls: OutcomeSource;
  readonly contacts: ContactSource;
  readonly holds: HandoverHolds;
}

/** A hand-over as far as its contacts go. */
export interface ContactHandover {
  /** Names the pair. */
  readonly primary: string;
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly holdHours: number;
  readonly at: number;
}

export interface HandedContacts {
  /** Contacts on the list of the campaign that takes over that it must not call. */
  readonly overlap: number;
  /** Numbers that were called. */
  readonly called: number;
  /** Calls that named neither number nor contact: then all contacts on the list of the first campaign count as called. */
  readonly unidentified: number;
  /** Contacts without a readable number: it is not known whether they were called, unless their id shows it. */
  readonly unreadable: number;
  /** Whether both campaigns call one list. */
  readonly sameList: boolean;
}

/**
 * Finds the contacts that the first campaign has called, and which of them are on the list of the campaign that takes over. With `write` they are
 * held back: every gate refuses them for that campaign until `holdHours` after the call. Can be repeated. Throws TenantError.
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
  const called = await calledBy(deps, from, since, at, options);
  let unreadable = 0;
  if (called.unidentified > 0 && fromList !== null)
    for await (const { id, number } of contactsOf(deps, fromList, options)) {
      if (number === undefined) unreadable += 1;
      if (id !== undefined) called.ids.add(id);
      if (number !== undefined) called.numbers.set(number, at);
    }
  for (const number of await deps.holds.calledBy(from, since)) if (!called.numbers.has(number)) called.numbers.set(number, at);
  const sameList = fromList !== null && fromList === toList;
  let overlap = 0;
  if (called.numbers.size > 0 || called.ids.size > 0) {
    if (toList !== null)
      for await (const { id, number } of contactsOf(deps, toList, options)) {
        // Ids are the list's own: they name the same contact only on the same list.
        const wasCalled =
          (number !== undefined && called.numbers.has(number)) || (sameList && id !== undefined && called.ids.has(id));
        if (number === undefined && !wasCalled) unreadable += 1;
        if (!wasCalled) continue;
        overlap += 1;
        if (number !== undefined && !called.numbers.has(number)) called.numbers.set(number, at);
      }
  }
  if (write) await hold(deps, handover, called.numbers);
  return { overlap, called: called.numbers.size, unidentified: called.unidentified, unreadable, sameList };
}

async function listOf({ runner }: CalledDeps, campaign: string, options: CallOptions): Promise<string | null> {
  return (await runner.status(campaign, options)).contactListId || null;
}

interface Called {
  /** With the time of the latest call. */
  readonly numbers: Map<number, number>;
  readonly ids: Set<string>;
  unidentified: number;
}

async function calledBy(deps: CalledDeps, campaignId: string, since: number, at: number, options: CallOptions): Promise<Called> {
  const called: Called = { numbers: new Map(), ids: new Set(), unidentified: 0 };
  // Up to the tenant's own present: its clock may differ from ours.
  const query = { campaignId, startDateTime: new Date(since).toISOString(), limit: CALLS_PAGE };
  for await (const item of itemsOf(deps.calls.calls(query, options))) {
    const parsed = parseCall(item);
    if ("problem" in parsed) {
      called.unidentified += 1;
      continue;
    }
    const { phoneNumber, contactId, startTime } = parsed.item;
    const number = typeof phoneNumber === "string" ? phone(phoneNumber) : undefined;
    if (number !== undefined && "ok" in number) {
      const time = Date.parse(startTime ?? "");
      const latest = Math.max(called.numbers.get(number.ok) ?? 0, Number.isNaN(time) ? at : time);
      called.numbers.set(number.ok, latest);
    } else if (typeof contactId === "string") called.ids.add(contactId);
    else called.unidentified += 1;
  }
  return called;
}

/** Items as the tenant sent them: one that is not of the promised form must not hold the hand-over up. */
async function* itemsOf({ pages }: Pick<ViewList<unknown>, "pages">): AsyncGenerator {
  for await (const { items } of pages()) yield* items;
}

async function* contactsOf(
  { contacts }: CalledDeps,
  listId: string,
  options: CallOptions,
): AsyncGenerator<{ readonly id: string | undefined; readonly number: number | undefined }> {
  for await (const item of itemsOf(contacts.contacts(listId, { query: "true", pageSize: CONTACTS_PAGE }, options))) {
    const parsed = parseContact(item);
    if ("problem" in parsed) {
      yield { id: undefined, number: undefined };
      continue;
    }
    const number = phone(parsed.item.phoneNumber ?? "");
    yield { id: parsed.item.id, number: "ok" in number ? number.ok : undefined };
  }
}

async function hold({ holds }: CalledDeps, handover: ContactHandover, numbers: ReadonlyMap<number, number>): Promise<void> {
  const { to, primary, number, holdHours } = handover;
  const rows = [...numbers].map(([key, calledAt]) => ({ number: key, until: calledAt + holdHours * HOUR_MS }));
  for (let i = 0; i < rows.length; i += BATCH) await holds.hold(to, { primary, handover: number }, rows.slice(i, i + BATCH));
}

/** Why the contacts forbid the activation; undefined when they do not. */
export function overlapProblem(handed: HandedContacts, to: string): string | undefined {
  const { overlap, sameList, unidentified } = handed;
  if (overlap === 0) return undefined;
  const unknown =
    unidentified === 0 ? "" : ` (${unidentified} calls name nobody, so everybody on the other list counts as called)`;
  const unreadable = unreadableWords(handed);
  const why = sameList ? "both campaigns call one list" : "their lists overlap";
  return `${overlap} contacts on the list of ${to} have been called by the other campaign, because ${why}${unknown}; take them off its list, or accept it with overlap: accept${unreadable === undefined ? "" : `; ${unreadable}`}`;
}

/** A sentence about the contacts without a readable number; undefined when all could be read. */
export function unreadableWords({ unreadable }: Pick<HandedContacts, "unreadable">): string | undefined {
  return unreadable === 0 ? undefined : `${unreadable} contacts cannot be read: whether they were called is not known`;
}

/** What a hand-over of contacts is for the pair. */
export function handedOf(handed: HandedContacts, { overlap }: Pick<FailoverPolicy, "overlap">, to: string) {
  const { called: held, unreadable } = handed;
  const problem = overlap === "refuse" ? (overlapProblem(handed, to) ?? null) : null;
  return { type: "handed", held, unreadable, problem } as const;
}

/** True for the failures of which asking again is of no use without a person. */
export const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof OutdialError && (thrown.code === "unauthorized" || thrown.code === "missing_scope");
