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
  readonly lists?: ReadonlyMap<string, string> | undefined;
  /** Campaigns that had calls under way: their looks come first. */
  readonly calling?: ReadonlySet<string> | undefined;
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
 * of the gate (several requests each) on the other have a share each; within a share, readings that were never made come first,
 * then the most overdue.
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
      due.push({ what, subject, targetMs, requests: what === "gate" ? looks : 1, ageMs, place, opened });
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
  const firstLooks = sharedLooks(due, state);
  const lookedAt = new Set(firstLooks.map(({ subject }) => subject));
  const ranks = Map.groupBy(due.filter((one) => one.what !== "gate" || !lookedAt.has(one.subject)).toSorted(urgency), (one) =>
    rank(one, othersFirst),
  );
  return [0, 1, 2]
    .flatMap((one) => [...shared(ranks.get(one) ?? [], owed), ...(one === 0 ? firstLooks : [])])
    .map(({ what, subject, targetMs, requests }) => ({ what, subject, targetMs, requests }));
}

/**
 * Looks that were never made at campaigns that share a list: as a few requests tell of many campaigns, they come before the figures,
 * those with calls under way first, list by list; only the first of a list costs requests.
 */
function sharedLooks(due: readonly Candidate[], { lists = new Map(), calling = new Set() }: RefreshState): Candidate[] {
  const never = due.filter((one) => one.what === "gate" && isNever(one) && lists.has(one.subject));
  const byList = Map.groupBy(never, ({ subject }) => lists.get(subject));
  const groups = [...byList.values()].filter((group) => group.length > 1);
  const calls = (group: readonly Candidate[]) => (group.some(({ subject }) => calling.has(subject)) ? 0 : 1);
  return groups
    .toSorted((a, b) => calls(a) - calls(b))
    .flatMap((group) =>
      group.toSorted((a, b) => calls([a]) - calls([b])).map((one, i) => ({ ...one, requests: i === 0 ? one.requests : 0 })),
    );
}

/** How many figures come before the next look after this one was chosen. */
export function owedAfter(owed: number, { what, requests }: Pick<DueReading, "what" | "requests">): number {
  // Bounded, so that looks made while no figures were due do not count against those that come due later.
  return isLook(what)
    ? Math.min(owed + requests * FIGURES_TO_LOOKS, LOOK_REQUESTS * FIGURES_TO_LOOKS)
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

/** Figures and looks alternately, as `owedAfter` says; all figures that were never read come before the first look. */
function shared(due: readonly Candidate[], before: number): Candidate[] {
  const looks = due.filter(({ what }) => isLook(what));
  const others = due.filter(({ what }) => !isLook(what));
  const never = others.findIndex((one) => !isNever(one));
  const order = others.splice(0, never === -1 ? others.length : never);
  let owed = order.reduce(owedAfter, before);
  for (let look = 0, other = 0; ; ) {
    const next = owed > 0 ? (others[other++] ?? looks[look++]) : (looks[look++] ?? others[other++]);
    if (next === undefined) break;
    order.push(next);
    owed = owedAfter(owed, next);
  }
  return order;
}
