// The list of campaigns as the address describes it: searched, filtered, sorted; and how urgently each needs attention. Pure.

import type { ApiTypes } from "../../server/index.ts";
import { pairBadge } from "./failover.ts";

type Summary = ApiTypes.CampaignSummary;

export const SHOWN = [
  ["", "All"],
  ["attention", "Need attention"],
  ["dialing", "Dialing"],
  ["not-dialing", "Not dialing"],
  ["unknown", "Not known whether dialing"],
  ["paused", "Paused"],
] as const;
export type Shown = (typeof SHOWN)[number][0];

export const ORDERS = [
  ["worst", "Worst first"],
  ["name", "Name"],
  ["calls", "Most active calls"],
  ["success", "Lowest success rate"],
  ["budget", "Most of the abandonment budget used"],
  ["hours", "Fewest hours of work left"],
  ["penetration", "Highest list penetration"],
  ["callbacks", "Most callbacks due"],
  ["occupancy", "Lowest occupancy"],
] as const;
export type Order = (typeof ORDERS)[number][0];

/** What a campaign does, as one mark. */
export const STATES = [
  ["must-not", "Must not dial"],
  ["halted", "Halted"],
  ["unknown", "Not known"],
  ["not-dialing", "Not dialing"],
  ["handing-over", "Handing over"],
  ["handed-over", "Handed over"],
  ["dialing", "Dialing"],
  ["paused-person", "Paused by a person"],
  ["paused", "Paused"],
] as const;
export type State = (typeof STATES)[number][0];

/** Whether it dials although it must not, or did when the tenant told it last: that stays until something newer says otherwise. */
export const dialsThough = ({ dialing, lastDialing, mayDial }: Pick<Summary, "dialing" | "lastDialing" | "mayDial">): boolean =>
  (dialing ?? lastDialing.value) === true && mayDial.verdict === "not_ok";

/** The worst that is known of it; a state that is not known is never told as a better one. */
export function stateOf(campaign: Summary): State {
  const { status, dialing, failover, notDialing } = campaign;
  const badge = failover === null ? null : pairBadge(failover);
  if (dialsThough(campaign)) return "must-not";
  if (badge?.tone === "bad") return "halted";
  if (badge?.text === "handing over") return "handing-over";
  if (status === null || dialing === null) return "unknown";
  if (badge?.text === "failed over") return "handed-over";
  if (dialing) return "dialing";
  if (status !== "paused") return "not-dialing";
  return notDialing?.all.some(({ code }) => code === "paused_by_outdial") === true ? "paused-person" : "paused";
}

/** What the address asks for. */
export interface ListQuery {
  readonly text: string;
  readonly shown: Shown;
  readonly state: State | "";
  readonly order: Order;
  /** The order from its other end. */
  readonly isReversed: boolean;
}

const one = <Key extends string>(options: readonly (readonly [Key, string])[], given: string | undefined, fallback: Key): Key =>
  options.find(([key]) => key === given)?.[0] ?? fallback;

/** Unknown values are ignored. */
export function listQueryOf(query: Readonly<Record<string, string>>): ListQuery {
  const sort = query["sort"] ?? "";
  return {
    text: query["q"] ?? "",
    shown: one(SHOWN, query["show"], ""),
    state: one([["", ""], ...STATES], query["state"], ""),
    order: one(ORDERS, sort.replace(/^-/, ""), "worst"),
    isReversed: sort.startsWith("-"),
  };
}

/** The address of the list; default values are left out. */
export function addressOfList({ text, shown, state, order, isReversed }: ListQuery): string {
  const search = new URLSearchParams({
    ...(text === "" ? {} : { q: text }),
    ...(shown === "" ? {} : { show: shown }),
    ...(state === "" ? {} : { state }),
    ...(order === "worst" && !isReversed ? {} : { sort: `${isReversed ? "-" : ""}${order}` }),
  }).toString();
  return search === "" ? "/" : `/?${search}`;
}

/** Whether calls are under way that must not be, those that were under way when the tenant told them last included. */
export const callsThough = ({ activeCalls, mayDial }: Pick<Summary, "activeCalls" | "mayDial">): boolean =>
  (activeCalls ?? 0) > 0 && mayDial.verdict === "not_ok";

/** Budgets of which 80 % or more is used up, and of how many it is known. */
export function budgetsNearlyUsed(items: readonly Summary[]): { readonly count: number | null; readonly known: number } {
  const known = items.flatMap(({ abandonment }) =>
    abandonment === null || abandonment.withinLimit === null ? [] : [abandonment],
  );
  const near = known.filter(({ used, withinLimit }) => (used ?? 0) >= 0.8 || withinLimit === false);
  return { count: known.length === 0 && items.length > 0 ? null : near.length, known: known.length };
}

/** 3: at once. 2: soon. 1: unknown. 0: nothing to do. */
export function urgencyOf(campaign: Summary): 0 | 1 | 2 | 3 {
  const { failover, abandonment, status, dialing, known } = campaign;
  if (failover !== null && pairBadge(failover)?.tone === "bad") return 3;
  if (abandonment?.withinLimit === false || dialsThough(campaign) || callsThough(campaign)) return 3;
  if (status === "active" && dialing === false) return 2;
  if (abandonment !== null && ((abandonment.used ?? 0) >= 0.8 || (abandonment.burnRate ?? 0) > 1)) return 2;
  if (failover?.dials === "backup") return 2;
  return dialing === null || Object.values(known).some(({ code }) => code !== null) ? 1 : 0;
}

const SELECT: Readonly<Record<Shown, (campaign: Summary) => boolean>> = {
  "": () => true,
  attention: (campaign) => urgencyOf(campaign) >= 2,
  dialing: ({ dialing }) => dialing === true,
  "not-dialing": ({ dialing }) => dialing === false,
  unknown: ({ dialing }) => dialing === null,
  paused: ({ status }) => status === "paused",
};

const down = (value: number | null | undefined) => (typeof value === "number" ? -value : null);

/** The sort key of a column, ascending; null: not known, which stands last from either end. */
const KEY: Readonly<Record<Order, (campaign: Summary) => number | null>> = {
  worst: (campaign) => -urgencyOf(campaign),
  name: () => 0,
  calls: ({ activeCalls }) => down(activeCalls),
  success: ({ successRate }) => successRate?.rate ?? null,
  budget: ({ abandonment }) => down(abandonment?.used),
  hours: ({ workload }) => workload.hoursLeft,
  penetration: ({ workload }) => down(workload.penetration),
  callbacks: ({ workload }) => down(workload.callbacksDue),
  occupancy: ({ workload }) => workload.occupancy,
};

/** The requested rows; equal ones are sorted by name, then id. Every search word must be in name, id or partner. */
export function listed(items: readonly Summary[], { text, shown, state, order, isReversed }: ListQuery): readonly Summary[] {
  const searched = text.toLowerCase().split(/\s+/).filter(Boolean);
  const key = KEY[order];
  return items
    .filter(SELECT[shown])
    .filter((campaign) => state === "" || stateOf(campaign) === state)
    .filter(({ id, name, failover }) => {
      const told = `${name} ${id} ${failover?.partner ?? ""}`.toLowerCase();
      return searched.every((word) => told.includes(word));
    })
    .map((campaign) => ({ campaign, by: key(campaign) }))
    .sort((a, b) => {
      if ((a.by === null) !== (b.by === null)) return a.by === null ? 1 : -1;
      return (isReversed ? -1 : 1) * ((a.by ?? 0) - (b.by ?? 0) || nameFirst(a.campaign, b.campaign));
    })
    .map(({ campaign }) => campaign);
}

const nameFirst = (a: Summary, b: Summary) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id);

/** A named list, stored in the person's browser. */
export interface SavedView {
  readonly name: string;
  readonly address: string;
}

const MOST_VIEWS = 20;

/** The stored lists; invalid entries are left out. */
export function savedViews(text: string | null): readonly SavedView[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.flatMap((view: unknown) => {
      if (typeof view !== "object" || view === null || !("name" in view) || !("address" in view)) return [];
      const { name, address } = view;
      return typeof name === "string" && typeof address === "string" && /^\/(\?|$)/.test(address) ? [{ name, address }] : [];
    });
  } catch {
    return [];
  }
}

/** Adds a view, replacing an earlier one with the same name. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  return [...views.filter(({ name }) => name !== view.name), view].slice(-MOST_VIEWS);
}
