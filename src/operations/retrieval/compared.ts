// How many calls a retrieval brought, compared with what else counts them: the lake, the day before, the tenant's own counter.

import { z } from "zod";
import { type Clock, type Covers, DAY_MS, isWhole, MINUTE_MS } from "../../kernel/index.ts";
import { countDials, goneWords, type LakeRange, NEARLY, type OutcomeLake } from "../../outcomes/index.ts";
import type { Retrieval, RetrievalLedger } from "../../store/index.ts";
import { type CallOptions, type MetricsSource, type OutcomeSource, TenantError } from "../../tenant/port.ts";
import { compare, HALF, shorterWords } from "../known/index.ts";

const QUARTER_MS = 15 * MINUTE_MS;
/** The tenant's counter is about the present: it is asked for windows that ended at most so long ago. */
const PRESENT_MS = 15 * MINUTE_MS;
/** Of a day with so many calls, a quarter of them or fewer the day after is told. */
const DAY_BEFORE = { least: 40, share: 0.25 } as const;

const LAKE = "the lake";

const comparedSchema = z.array(
  z.object({
    by: z.string(),
    count: z.number(),
    share: z.number(),
    certain: z.boolean(),
    brought: z.number().optional(),
    why: z.string().optional(),
    covers: z.object({ known: z.number(), of: z.number().nullable() }).optional(),
  }),
);

/** A number that the calls of a retrieval were compared with. */
interface ComparedNumber {
  readonly by: string;
  readonly count: number;
  /** Fewer calls than this share of `count` are told. */
  readonly share: number;
  /** Whether fewer calls show that some are missing; otherwise it may just have been a quiet day. */
  readonly certain: boolean;
  /** What is compared with it instead of all calls of the retrieval: the lake's dials of a day. */
  readonly brought?: number | undefined;
  /** Why there are fewer, where that is known. */
  readonly why?: string | undefined;
  /** How many quarters of an hour of the retrieval's time were counted by this and the others like it, of how many; absent: not known. */
  readonly covers?: Covers | undefined;
}

/** Whether something counts all calls of a retrieval: what the lake has of other retrievals may be of a part of its time. */
export const isCounted = (numbers: readonly ComparedNumber[]): boolean =>
  numbers.some(
    ({ by, certain, brought, covers }) =>
      certain && by !== LAKE && (covers === undefined ? brought === undefined : isWhole(covers)),
  );

export interface ComparedRetrieval {
  /** Null when nothing is known, for retrievals that have not ended or were made by earlier versions. */
  readonly numbers: readonly (ComparedNumber & { readonly below: boolean })[] | null;
  /** A sentence when there are far fewer calls than known; null otherwise. */
  readonly doubt: string | null;
  /** Whether calls are certainly missing. */
  readonly short: boolean;
}

/** The number of calls in a part of the lake. */
export async function callsIn(
  lake: Pick<OutcomeLake, "query">,
  range: LakeRange,
  besides: string | null = null,
): Promise<number> {
  const { campaignId = null, from = null, to = null } = range;
  const [row] = await lake.query<{ calls: number }>(
    `select count(distinct call_id) as calls from ${besides === null ? "calls" : "versions"} where ($1::VARCHAR is null or campaign_id = $1)
       and ($2::BIGINT is null or start_time >= epoch_ms($2::BIGINT)) and ($3::BIGINT is null or start_time <= epoch_ms($3::BIGINT))
       and ($4::VARCHAR is null or run_id <> $4)`,
    [campaignId, from, to, besides],
    range,
  );
  return row?.calls ?? 0;
}

/**
 * A retrieval compared with what the lake has of its time by now from other retrievals: calls that had ended when it began. Undefined when the lake
 * has none.
 */
async function lakeSince(lake: Pick<OutcomeLake, "query">, retrieval: Retrieval): Promise<ComparedNumber | undefined> {
  const { jobId, campaignId, from, to, createdAt } = retrieval;
  const [row] = await lake.query<{ calls: number; others: number; brought: number }>(
    `select count(distinct call_id) as calls, count(distinct call_id) filter (run_id <> $4) as others,
       count(distinct call_id) filter (run_id = $4) as brought from versions
     where campaign_id = $1 and start_time >= epoch_ms($2::BIGINT) and start_time <= epoch_ms($3::BIGINT) and end_time <= epoch_ms($5::BIGINT)`,
    [campaignId, from, to, jobId, createdAt],
    { campaignId, from, to },
  );
  if (row === undefined || row.others === 0) return undefined;
  return { by: LAKE, count: row.calls, brought: row.brought, share: 1, certain: true };
}

/** As `comparedOf`, with what the lake has by now: what came later shows what an earlier retrieval lacked. */
export async function comparedNow(lake: Pick<OutcomeLake, "query">, retrieval: Retrieval): Promise<ComparedRetrieval> {
  const then = comparedOf(retrieval);
  const now = retrieval.codes === null ? await lakeSince(lake, retrieval) : undefined;
  if (now === undefined) return then;
  // What was missing at the end is missing, whatever the lake has lost since.
  const kept = (then.numbers ?? []).filter(({ by, below }) => by !== LAKE || below);
  return comparedOf({ ...retrieval, compared: kept.some(({ by }) => by === LAKE) ? kept : [now, ...kept] });
}

/** What retrievals are compared with. */
interface NumberSources {
  readonly lake: OutcomeLake;
  readonly metrics: MetricsSource;
  readonly source: Pick<OutcomeSource, "dials">;
  readonly ledger: Pick<RetrievalLedger, "tell" | "held">;
  readonly clock: Clock;
}

/** What the calls of a retrieval that was read to its end are compared with. Retrievals of some codes only are compared with nothing. */
export async function numbersFor(
  { lake, metrics, source, ledger, clock }: NumberSources,
  { jobId, campaignId, from, to, codes }: Pick<Retrieval, "jobId" | "campaignId" | "from" | "to" | "codes">,
  call: CallOptions,
): Promise<readonly ComparedNumber[]> {
  if (codes !== null) return [];
  const range = { campaignId, from, to };
  const numbers: ComparedNumber[] = [];
  if ((await callsIn(lake, range, jobId)) > 0)
    numbers.push({ by: LAKE, count: await callsIn(lake, range), share: 1, certain: true });
  const before = await callsIn(lake, { campaignId, from: from - DAY_MS, to: Math.min(to - DAY_MS, from - 1) });
  if (before >= DAY_BEFORE.least) numbers.push({ by: "the day before", count: before, share: DAY_BEFORE.share, certain: false });
  const counted = clock.now() - to > PRESENT_MS ? null : await answeredBy(metrics, campaignId, to - from, call);
  if (counted !== null && counted > 0)
    numbers.push({ by: "the tenant's own counter of answered calls", count: counted, share: HALF, certain: true });
  if (source.dials !== undefined) numbers.push(...(await dialsOf({ lake, source, ledger }, range, call)));
  return numbers;
}

/** The tenant's count of dials, kept, and compared day by day with the dials that the lake has. Empty when it does not tell. */
async function dialsOf(
  { lake, source, ledger }: Pick<NumberSources, "lake" | "source" | "ledger">,
  range: { readonly campaignId: string; readonly from: number; readonly to: number },
  call: CallOptions,
): Promise<readonly ComparedNumber[]> {
  const { campaignId } = range;
  const counted = await source.dials?.(campaignId, range, call).catch((thrown: unknown) => {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
  });
  if (counted === undefined || counted.quarters.size === 0) return [];
  const days = Map.groupBy(counted.quarters, ([at]) => Math.floor(at / DAY_MS) * DAY_MS);
  const told = [...days].map(([day, quarters]) => {
    const dials = Array.from({ length: DAY_MS / QUARTER_MS }, (): number | null => null);
    for (const [at, count] of quarters) dials[(at - day) / QUARTER_MS] = count;
    return { day, dials };
  });
  await ledger.tell(campaignId, told, counted.lists);
  const { told: kept } = await ledger.held({ campaigns: [campaignId], from: range.from, to: range.to });
  const scope = { campaigns: [campaignId], from: range.from, to: range.to + 1 };
  const has = await countDials(lake, scope, kept);
  const whole = Math.floor(range.to / QUARTER_MS) - Math.ceil(range.from / QUARTER_MS);
  const covers = { known: counted.quarters.size, of: Math.max(whole, counted.quarters.size) };
  return told.flatMap(({ day, dials: asked }) => {
    const known = kept.find((one) => one.day === day);
    // A quarter that ended an hour ago has no fewer dials later: an answer that says so lacks some.
    const dials = asked.map((count, n) => (count === null ? null : Math.max(count, known?.dials[n] ?? 0)));
    const [of, brought] = [
      sum(dials),
      sum(dials.map((count, n) => Math.min(count ?? 0, has.get(`${campaignId}/${day + n * QUARTER_MS}`) ?? 0))),
    ];
    if (of === 0) return [];
    const gone = known?.gone ?? [];
    const by = `the tenant's own counter of dials on ${new Date(day).toISOString().slice(0, 10)}`;
    return [{ by, count: of, brought, share: NEARLY, certain: true, covers, ...(gone.length > 0 && { why: goneWords(gone) }) }];
  });
}

const sum = (numbers: readonly (number | null)[]): number => numbers.reduce((all: number, one) => all + (one ?? 0), 0);

/** Answered calls of the last so many ms by the tenant's figures; null when they are not known. */
async function answeredBy(metrics: MetricsSource, campaignId: string, ms: number, call: CallOptions): Promise<number | null> {
  if (!metrics.capability.supported) return null;
  try {
    const minutes = Math.max(1, Math.floor(ms / MINUTE_MS));
    const { windowMinutes, callsAnswered } = await metrics.campaign(campaignId, minutes, call);
    // A tenant that counts over another window than it was asked for does not say how many there were in this one.
    return windowMinutes !== undefined && windowMinutes > minutes ? null : (callsAnswered ?? null);
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return null;
  }
}

/** A retrieval compared. Pure. One that was read with some codes only is compared with nothing: whether it has all calls is not known. */
export function comparedOf({ calls, compared, codes }: Pick<Retrieval, "calls" | "compared" | "codes">): ComparedRetrieval {
  const { data, success } = comparedSchema.safeParse(compared);
  if (codes !== null)
    return { numbers: null, doubt: `read with ${codes.length === 1 ? "code" : "codes"} ${codes.join(", ")} only`, short: false };
  if (!success || calls === null) return { numbers: null, doubt: null, short: false };
  const numbers = data.map((one) => ({ ...one, at: null }));
  const found = compare({ count: calls }, { numbers });
  const below = new Set(found.below.map(({ by }) => by));
  return {
    numbers: data.map((one) => ({ ...one, below: below.has(one.by) })),
    doubt: shorterWords(found, "what the tenant listed", "call") ?? null,
    short: data.some(({ by, certain }) => certain && below.has(by)),
  };
}
