// Decides which data of the tenant to read next, so that data that users view stays fresh within a part of the budget. Pure.

import type { Instant } from "../../kernel/index.ts";
import type { ReadingKey, TenantReading } from "../../store/index.ts";

/** A reading, with the age from which on it is due, ms. */
export interface DueReading extends ReadingKey {
  readonly what: keyof typeof TARGETS_MS;
  readonly subject: string;
  readonly targetMs: number;
  /** Most requests that it takes. */
  readonly requests: number;
  /** What it reads tells of other campaigns, too, that nothing is known of yet. */
  readonly shares: boolean;
}

/** What users viewed, and when last. */
export interface Asked {
  readonly list: Instant;
  /** Dialer settings by campaign; under "" those of the tenant. */
  readonly dialers: ReadonlyMap<string, Instant>;
  /** Pages of single campaigns, by campaign. */
  readonly campaigns: ReadonlyMap<string, Instant>;
}

/** The state on which the next reading depends. */
export interface RefreshState {
  readonly now: Instant;
  /** The known campaigns, in the order of the list. */
  readonly campaigns: readonly string[];
  readonly readings: readonly Omit<TenantReading, "value">[];
  /** The contact list of each campaign, where it is known: what one look reads of it, looks at the others share. */
  readonly lists: ReadonlyMap<string, string>;
  /** Contact lists that were read a moment ago: a look at their campaigns takes no request. */
  readonly atHand: ReadonlySet<string>;
  /** Campaigns that had calls under way: their looks come first while none was made. */
  readonly calling: ReadonlySet<string>;
  readonly asked: Asked;
  /** Whether each campaign has its own dialer settings: then only viewed ones are read. */
  readonly perCampaign: boolean;
  /** Number of readings chosen so far. */
  readonly turn: number;
  /** Number of figures before the next look, from `owedAfter`; 0 at first. */
  readonly owed: number;
}

/** How long a request counts as viewing: pages ask again every 10 to 15 s. */
export const LOOKING_MS = 40_000;
/** Every so many turns, campaigns that nobody views get a turn. */
const OTHERS_EVERY = 4;

/** While figures are due, so many requests for figures are made for each request for documents and looks of the gate. */
const FIGURES_TO_LOOKS = 6;
/** The same for first looks at a list that several campaigns share. */
const FIGURES_TO_SHARED = 2;
/** Number of requests of a look of the gate: the campaign and the pages of its list. */
const FIRST_LOOK_REQUESTS = 3;
const LOOK_REQUESTS = 11;

const TARGETS_MS = {
  campaigns: { looked: 20_000, else: 60_000 },
  dialer: { looked: 20_000, else: 600_000 },
  figures: { looked: 20_000, else: 60_000 },
  campaign: { looked: 60_000, else: 300_000 },
  gate: { looked: 300_000, else: 300_000 },
  workload: { looked: 60_000, else: 300_000 },
} as const;

interface Candidate extends DueReading {
  readonly ageMs: number;
  readonly place: number;
  readonly opened: boolean;
}

/**
 * Due readings, the most urgent first: the list of campaigns, then viewed dialer settings, then campaigns whose page is open,
 * then all others. Among equals, figures that were never read come first. After that, figures on one side and documents and looks
 * of the gate (several requests each) on the other have a share each; within a share, first looks come first at campaigns that call
 * or share a list, then what was never read, then the most overdue.
 */
export function dueReadings(state: RefreshState): DueReading[] {
  const { now, campaigns, asked, turn, owed } = state;
  const looks = (at: Instant | undefined) => at !== undefined && now - at < LOOKING_MS;
  const known = new Map(state.readings.map((one) => [`${one.what} ${one.subject}`, one]));
  const due: Candidate[] = [];
  const add = (what: keyof typeof TARGETS_MS, subject: string, looked: boolean, place: number, opened: boolean) => {
    const reading = known.get(`${what} ${subject}`);
    const ageMs = now - (reading?.triedAt ?? Number.NEGATIVE_INFINITY);
    const targetMs = TARGETS_MS[what][looked ? "looked" : "else"];
    const expired = reading !== undefined && reading.goodUntil !== null && reading.goodUntil <= now;
    if (ageMs >= targetMs || expired) {
      const looks = reading === undefined || reading.readAt === null ? FIRST_LOOK_REQUESTS : LOOK_REQUESTS;
      due.push({ what, subject, targetMs, requests: what === "gate" ? looks : 1, shares: false, ageMs, place, opened });
    }
  };
  add("campaigns", "", looks(asked.list), -2, true);
  const dialers = state.perCampaign ? [...asked.dialers].filter(([, at]) => looks(at)).map(([id]) => id) : [""];
  for (const id of dialers) add("dialer", id, looks(asked.dialers.get(id)), -1, looks(asked.dialers.get(id)));
  const listed = looks(asked.list);
  const named = new Set(campaigns);
  // A page may be open for a campaign that no list has named yet.
  const open = [...asked.campaigns].filter(([id, at]) => looks(at) && !named.has(id)).map(([id]) => id);
  for (const [place, id] of [...campaigns, ...open].entries()) {
    const opened = looks(asked.campaigns.get(id));
    for (const what of ["figures", "campaign", "gate", "workload"] as const) add(what, id, opened || listed, place, opened);
  }
  const othersFirst = turn % OTHERS_EVERY === OTHERS_EVERY - 1;
  const { first, waiting } = firstLooks(due, state);
  const rest = due.filter((one) => !first.has(one) && !waiting.has(one)).toSorted(urgency);
  const ranks = Map.groupBy([...first.values(), ...rest], (one) => rank(one, othersFirst));
  return [0, 1, 2]
    .flatMap((one) => shared(ranks.get(one) ?? [], owed))
    .map(({ what, subject, targetMs, requests, shares }) => ({ what, subject, targetMs, requests, shares }));
}

/**
 * Looks that were never made and come before the others: at campaigns with calls under way, and at campaigns that share a list, as a
 * few requests then tell of many. One of each list; the others wait until its contacts are at hand, and then take no request.
 * @returns each in the order, with its costs, and those that wait
 */
function firstLooks(
  due: readonly Candidate[],
  { lists, atHand, calling }: RefreshState,
): { readonly first: ReadonlyMap<Candidate, Candidate>; readonly waiting: ReadonlySet<Candidate> } {
  const never = due.filter((one) => one.what === "gate" && isNever(one));
  const calls = ({ subject }: Candidate) => (calling.has(subject) ? 0 : 1);
  const costs = ({ subject }: Candidate) => (atHand.has(lists.get(subject) ?? "") ? 0 : 1);
  const byList = Map.groupBy(
    never.toSorted((a, b) => costs(a) - costs(b) || calls(a) - calls(b) || a.place - b.place),
    ({ subject }) => lists.get(subject) ?? subject,
  );
  const first = new Map<Candidate, Candidate>();
  const waiting = new Set<Candidate>();
  for (const [list, group] of byList) {
    const isFree = lists.size > 0 && atHand.has(list);
    if (!isFree && group.length === 1 && !group.some((one) => calls(one) === 0)) continue;
    for (const [i, one] of group.entries())
      if (isFree || i === 0) first.set(one, { ...one, requests: isFree ? 0 : one.requests, shares: true });
      else waiting.add(one);
  }
  return { first, waiting };
}

/** How many figures come before the next look after this one was chosen. */
export function owedAfter(owed: number, { what, requests, shares }: Pick<DueReading, "what" | "requests" | "shares">): number {
  // Bounded, so that looks made while no figures were due do not count against those that come due later.
  return isLook(what)
    ? Math.min(owed + requests * (shares ? FIGURES_TO_SHARED : FIGURES_TO_LOOKS), LOOK_REQUESTS * FIGURES_TO_LOOKS)
    : Math.max(0, owed - requests);
}

function rank({ what, opened }: Candidate, othersFirst: boolean): number {
  if (what === "campaigns") return 0;
  return opened || othersFirst ? 1 : 2;
}

const isLook = (what: ReadingKey["what"]): boolean => what === "campaign" || what === "gate" || what === "workload";
const isNever = ({ ageMs }: Candidate): boolean => ageMs === Number.POSITIVE_INFINITY;

function urgency(a: Candidate, b: Candidate): number {
  if (isNever(a) !== isNever(b)) return isNever(a) ? -1 : 1;
  return (isNever(a) ? 0 : b.ageMs / b.targetMs - a.ageMs / a.targetMs) || a.place - b.place;
}

/** Figures and looks alternately, as `owedAfter` says; all figures that were never read come before the first look that nothing shares. */
function shared(due: readonly Candidate[], before: number): Candidate[] {
  const looks = due.filter(({ what }) => isLook(what));
  const others = due.filter(({ what }) => !isLook(what));
  const never = others.findIndex((one) => !isNever(one));
  const order = looks[0]?.shares === true ? [] : others.splice(0, never === -1 ? others.length : never);
  let owed = order.reduce(owedAfter, before);
  for (let look = 0, other = 0; ; ) {
    const next = owed > 0 ? (others[other++] ?? looks[look++]) : (looks[look++] ?? others[other++]);
    if (next === undefined) break;
    order.push(next);
    owed = owedAfter(owed, next);
  }
  return order;
}
