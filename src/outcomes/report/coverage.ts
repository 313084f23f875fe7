// What the lake has of the days of a report: which were read whole, which lack calls, and why. Calls of a day that was read with a filter, or that
// lacks dials, are left out of every figure: they are no sample of the day's calls.

import type { Instant } from "../../kernel/index.ts";
import type { ReportSource } from "./facts.ts";
import { inList, Parameters, within } from "./facts-statement.ts";
import type { Covers } from "./model.ts";
import { coverWords } from "./render-text.ts";
import { type AskedScope, type Coverage, daysOf, type LeftOut, rangeOf } from "./scope.ts";

const QUARTER_MS = 900_000;
/** A day with fewer than this share of the dials that the tenant counts lacks dials. */
export const NEARLY = 0.99;

/** A stretch of time that a campaign's calls were read of, until before `to`. */
export interface ReadStretch {
  readonly campaignId: string;
  readonly from: Instant;
  readonly to: Instant;
  /**
   * - `read`: to the end. `short`: to the end, with fewer calls than are known. `begun`: not to the end.
   */
  readonly kind: "read" | "short" | "begun";
  /** Only calls with these codes; null for all. */
  readonly codes: readonly string[] | null;
}

/** How many dials of a campaign there were on a UTC day, as the tenant says. */
export interface ToldDials {
  readonly campaignId: string;
  /** Its beginning. */
  readonly day: Instant;
  /** By quarter of an hour; null where the tenant did not say. */
  readonly dials: readonly (number | null)[];
  /** Calling lists that the campaign had, and that the tenant no longer has. */
  readonly gone: readonly string[];
}

/** What was read into the lake. */
export interface HeldCalls {
  readonly reads: readonly ReadStretch[];
  readonly told: readonly ToldDials[];
  /** Whether the tenant is one that says how many dials there were. */
  readonly tellsDials: boolean;
}

/** Says what was read of a period's calls. */
export type HeldSource = (query: {
  readonly campaigns: readonly string[] | undefined;
  readonly from: Instant;
  readonly to: Instant;
}) => Promise<HeldCalls>;

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** Spans in order, none of which touches another. */
function merged(spans: readonly Span[]): Span[] {
  const found: { from: Instant; to: Instant }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else if (from < to) found.push({ from, to });
  }
  return found;
}

/** The parts of `spans` within one span. */
const clipped = (spans: readonly Span[], { from, to }: Span): Span[] =>
  spans.map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) })).filter((span) => span.from < span.to);

/** The parts of a span that are in none of `spans`, which are merged. */
function without({ from, to }: Span, spans: readonly Span[]): Span[] {
  const ends = [from, ...clipped(spans, { from, to }).flatMap((span) => [span.from, span.to]), to];
  return ends
    .flatMap((end, i) => (i % 2 === 0 ? [{ from: end, to: ends[i + 1] ?? end }] : []))
    .filter((span) => span.from < span.to);
}

type Lack = Covers["lacks"][number];

/** A day of a campaign. `whole` with a lack: so few dials are missing that it makes no difference. `none`: no figure counts its calls. */
interface Cell {
  readonly covered: "whole" | "part" | "none";
  readonly lack?: Omit<Lack, "campaigns" | "days">;
  readonly out: readonly Span[];
}

/** Windows include their ends, so that one of them may reach a moment into the next day. */
const lasts = ({ from, to }: Span): boolean => to - from > 1000;

const plain = (reason: Lack["reason"]) => ({ reason, codes: [], dials: null, gone: [] });

/** Judges what was read of a campaign's day. Pure. @param portion the part of the day that the report is about, up to the present */
function cellOf(
  portion: Span,
  {
    isOver,
    reads,
    dials,
    tellsDials,
  }: {
    readonly isOver: boolean;
    readonly reads: readonly ReadStretch[];
    readonly dials: { readonly known: number; readonly of: number; readonly gone: readonly string[] } | undefined;
    readonly tellsDials: boolean;
  },
): Cell {
  const isWhole = ({ kind, codes }: ReadStretch) => kind === "read" && codes === null;
  const whole = clipped(merged(reads.filter(isWhole)), portion);
  const rest = without(portion, whole);
  const others = reads.filter((read) => !isWhole(read));
  const inRest = (read: ReadStretch) => rest.flatMap((span) => clipped([read], span));
  const doubtful = others.filter((read) => inRest(read).some(lasts));
  const all = { covered: "none", out: [portion] } as const;
  const codes = doubtful.flatMap((read) => read.codes ?? []);
  if (codes.length > 0) return { lack: { ...plain("codes"), codes: [...new Set(codes)].toSorted() }, ...all };
  if (doubtful.some(({ kind }) => kind === "short")) return { lack: plain("short"), ...all };
  if (rest.length > 0 && !whole.some(lasts)) return { lack: plain(doubtful.length > 0 ? "begun" : "unread"), ...all };
  const { known = 0, of = 0, gone = [] } = dials ?? {};
  const missing = { reason: "dials" as const, codes: [], dials: { known, of }, gone: [...gone] };
  if (known < NEARLY * of) return { lack: missing, ...all };
  const out = others.flatMap(inRest);
  if (tellsDials && dials === undefined && isOver) return { lack: plain("untold"), covered: "part", out };
  // What came since a day that goes on was last read is not missing yet.
  const unread = isOver ? rest : rest.filter(({ to }) => to < portion.to);
  if (unread.some(lasts)) return { lack: plain("part"), covered: "part", out };
  return { covered: "whole", out, ...(known < of && { lack: missing }) };
}

/**
 * Judges every day of every campaign. Pure. Of all campaigns, a campaign is expected from the day on that it was first read.
 * @param counted calls of the lake that were dialed, by campaign and quarter of an hour
 */
export function coverageOf(
  scope: AskedScope,
  held: HeldCalls,
  { now, counted }: { readonly now: Instant; readonly counted: ReadonlyMap<string, number> },
): { readonly covers: Omit<Covers, "leftOut" | "words">; readonly out: readonly LeftOut[] } {
  const reads = Map.groupBy(held.reads, ({ campaignId }) => campaignId);
  const told = Map.groupBy(held.told, ({ campaignId }) => campaignId);
  const campaigns = scope.campaigns === undefined ? [...reads.keys()] : [...new Set(scope.campaigns)];
  const groups = new Map<string, { lack: Omit<Lack, "campaigns" | "days">; campaigns: Set<string>; days: Set<string> }>();
  const note = (lack: Cell["lack"], of: readonly string[], day: string) => {
    if (lack === undefined) return;
    const key = JSON.stringify([lack.reason, lack.codes, lack.gone]);
    const group = groups.get(key) ?? { lack: { ...lack, dials: null }, campaigns: new Set(), days: new Set() };
    groups.set(key, group);
    if (lack.dials !== null) {
      const sum = group.lack.dials ?? { known: 0, of: 0 };
      group.lack = { ...group.lack, dials: { known: sum.known + lack.dials.known, of: sum.of + lack.dials.of } };
    }
    for (const one of of) group.campaigns.add(one);
    group.days.add(day);
  };
  const out = new Map<string, Span[]>();
  const days = new Map<string, "whole" | "part" | "none">();
  for (const { day, from, to } of daysOf(scope)) {
    const portion = { from: Math.max(from, scope.from), to: Math.min(to, scope.to, now) };
    // The moment at the end of a window that includes its end is no day of its own.
    if (portion.from >= portion.to || (!lasts(portion) && lasts(scope))) continue;
    const cells = campaigns.flatMap((campaignId) => {
      const own = reads.get(campaignId) ?? [];
      if (scope.campaigns === undefined && own.every((read) => read.from >= portion.to)) return [];
      const dials = dialsOf(portion, told.get(campaignId) ?? [], counted);
      const isOver = to <= now;
      const cell = cellOf(portion, { isOver, reads: own, dials, tellsDials: held.tellsDials });
      note(cell.lack, [campaignId], day);
      out.set(campaignId, [...(out.get(campaignId) ?? []), ...cell.out]);
      return [cell.covered];
    });
    if (cells.length === 0) note(plain("unread"), [], day);
    const [first = "none"] = cells;
    days.set(day, cells.every((one) => one === first) ? first : "part");
  }
  const lacks = [...groups.values()].map((group) => ({
    ...group.lack,
    campaigns: [...group.campaigns].toSorted(),
    days: [...group.days],
  }));
  const ends = campaigns.map((one) => Math.max(0, ...(reads.get(one) ?? []).map((read) => (read.kind === "read" ? read.to : 0))));
  const readTo = Math.min(scope.to, now, ...ends);
  const covers = {
    known: [...days.values()].filter((state) => state === "whole").length,
    of: days.size,
    readTo: ends.length === 0 || readTo <= 0 ? null : new Date(readTo).toISOString(),
    lacks,
    days: [...days].map(([day, covered]) => ({ day, covered })),
  };
  return {
    covers,
    out: [...out].flatMap(([campaignId, spans]) => merged(spans).map((span) => ({ campaignId, ...span }))),
  };
}

/** Dials that the tenant tells of a portion of a day, and how many of them the lake has; undefined where it tells none. */
function dialsOf({ from, to }: Span, told: readonly ToldDials[], counted: ReadonlyMap<string, number>) {
  let sums: { known: number; of: number; gone: readonly string[] } | undefined;
  for (const { campaignId, day, dials, gone } of told) {
    for (const [place, count] of dials.entries()) {
      const at = day + place * QUARTER_MS;
      if (count === null || at < from || at + QUARTER_MS > to) continue;
      const { known, of } = sums ?? { known: 0, of: 0 };
      const has = counted.get(`${campaignId}/${at}`) ?? 0;
      sums = { known: known + Math.min(has, count), of: of + count, gone };
    }
  }
  return sums;
}

/** Reads what is known of a scope's calls, and of those of the period of the same length before it. */
export async function readCoverage(
  source: ReportSource,
  scope: AskedScope,
  { held: ask, now }: { readonly held: HeldSource; readonly now: Instant },
): Promise<Coverage> {
  const { campaigns, from, to } = scope;
  const long = { ...scope, from: from - (to - from) };
  const held = await ask({ campaigns, from: long.from, to });
  const counted = await countDials(source, long, held.told);
  const { covers } = coverageOf(scope, held, { now, counted });
  const { out } = coverageOf(long, held, { now, counted });
  const counts = { ...covers, leftOut: await countLeftOut(source, scope, out) };
  return { covers: { ...counts, words: coverWords(counts, isOfSome(scope, held)) }, out };
}

const isOfSome = ({ campaigns }: AskedScope, { reads }: HeldCalls): boolean =>
  new Set(campaigns ?? reads.map(({ campaignId }) => campaignId)).size > 1;

/** The coverage of a scope all of whose calls were read. */
export function allRead(scope: AskedScope): Coverage {
  const days = daysOf(scope).map(({ day }) => ({ day, covered: "whole" as const }));
  return { covers: { known: days.length, of: days.length, words: null, readTo: null, leftOut: 0, lacks: [], days }, out: [] };
}

/** The lake's dialed calls in each quarter of an hour, of the campaigns whose dials the tenant told. */
export async function countDials(
  source: ReportSource,
  scope: Pick<AskedScope, "campaigns" | "from" | "to">,
  told: readonly Pick<ToldDials, "campaignId">[],
): Promise<ReadonlyMap<string, number>> {
  const campaigns = [...new Set(told.map(({ campaignId }) => campaignId))];
  if (campaigns.length === 0) return new Map();
  const parameters = new Parameters();
  const rows = await source.query<{ campaign: string; quarter: number | bigint; calls: number | bigint }>(
    `select campaign_id as campaign, epoch_ms(start_time) // ${QUARTER_MS} as quarter, count(*) as calls from calls
     where direction = 'OUTBOUND' and ${within({ ...scope, campaigns }, parameters)} group by all`,
    parameters.values,
    rangeOf(scope),
  );
  return new Map(rows.map(({ campaign, quarter, calls }) => [`${campaign}/${Number(quarter) * QUARTER_MS}`, Number(calls)]));
}

/** Calls of the period that no figure counts. */
async function countLeftOut(source: ReportSource, scope: AskedScope, out: readonly LeftOut[]): Promise<number> {
  if (out.length === 0) return 0;
  const parameters = new Parameters();
  const ours = inList("campaign_id", [...new Set(out.map(({ campaignId }) => campaignId))], parameters);
  const all = within(scope, parameters);
  const [row] = await source.query<{ calls: number | bigint }>(
    `select count(*) filter (not (${within({ ...scope, coverage: { out } }, parameters)})) as calls from calls where ${ours} and ${all}`,
    parameters.values,
    rangeOf(scope),
  );
  return Number(row?.calls ?? 0);
}
