// Failover pairs: where each stands, what happened to it, whom a hand-over holds back; and the policy that a pair is watched by.

import { z } from "zod";
import {
  type FailoverPolicy,
  failoverPolicySchema,
  OperationError,
  type PairReport,
  phoneText,
  pairWords as wordsOf,
} from "../../operations/index.ts";
import {
  confirmation,
  confirmOf,
  count,
  differing,
  type FailoverPreview,
  failoverPreview,
  masked,
  type Planned,
  type Previewed,
  pageOf,
  pairWords,
  time,
  timeText,
} from "../../operations/views/index.ts";
import type { FailoverHappening, HandoverHolds } from "../../store/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { cursor, flag, limit, numberCursor, pageOfItems } from "../routing/query.ts";
import { dangerousRoute, route, streamRoute } from "../routing/route.ts";

/** A pair with how its watch is. */
export interface PairStanding extends PairReport {
  /** Null before anybody looked. */
  readonly lookedAt: number | null;
  /** Whether the last look is as young as it should be. */
  readonly watched: boolean;
  /** Contacts held back from the backup now. */
  readonly held: number;
}

/** What the routes act on. */
export interface FailoverPort {
  pairs(): Promise<readonly PairStanding[]>;
  /** What happened to a pair, newest first. @param before only what has a smaller number */
  history(primary: string, limit: number, before: number | undefined): Promise<readonly FailoverHappening[]>;
  readonly holds: Pick<HandoverHolds, "list">;
  /** Makes a pair or gives it another policy. Throws OperationError `invalid_input`, StoreError `invalid_state`. */
  put(primary: string, policy: FailoverPolicy, by: string): Promise<void>;
  /** Throws OperationError `job_not_found`. */
  remove(primary: string, by: string): Promise<void>;
  now(): number;
}

const HOLDS_PAGE = 5000;
const campaignId = z.string().min(1).max(200);
const byPrimary = z.strictObject({ primary: campaignId });

const pairView = z
  .strictObject({
    primary: z.string(),
    backup: z.string(),
    phase: z.string(),
    side: z.enum(["primary", "backup"]).describe("Which of the two is meant to dial"),
    ...pairWords,
    watched: z.boolean().describe("Somebody looks as often as the policy says"),
    lookedAt: time.nullable(),
    executor: z.string().nullable().describe("The process that runs it"),
    held: count.describe("Contacts held back from the backup now"),
    order: z.strictObject({ what: z.string(), by: z.string() }).nullable(),
    policy: z.record(z.string(), z.unknown()).describe("As the section failover of a campaign file"),
    state: z.record(z.string(), z.unknown()).describe("Everything that the watch knows; JSON"),
  })
  .meta({ id: "FailoverPair" });

const happeningView = z
  .strictObject({
    seq: z.int(),
    at: time,
    phase: z.string(),
    event: z.unknown(),
    alarms: z.unknown(),
  })
  .meta({ id: "FailoverHappening" });

const proposal = z.strictObject({
  primary: campaignId,
  policy: z
    .record(z.string(), z.unknown())
    .describe("As the section failover of a campaign file; fields left out take their defaults"),
});

export function failoverRoutes(port: () => FailoverPort) {
  return [
    route({
      id: "failover.list",
      method: "get",
      path: "/failover/pairs",
      summary: "All failover pairs: which campaign dials, whether somebody watches, alarms that stand",
      role: "viewer",
      reply: z.strictObject({ items: z.array(pairView).readonly() }),
      handle: async () => ({ items: (await port().pairs()).map(pairOf) }),
    }),
    route({
      id: "failover.show",
      method: "get",
      path: "/failover/pairs/{primary}",
      summary: "One failover pair, by the primary or the backup",
      role: "viewer",
      params: byPrimary,
      reply: pairView,
      handle: async ({ params }) => pairOf(await found(port(), params.primary)),
    }),
    route({
      id: "failover.history",
      method: "get",
      path: "/campaigns/{id}/failover/history",
      summary: "What happened to the pair that a campaign is in, newest first",
      role: "viewer",
      params: z.strictObject({ id: campaignId }),
      query: z.strictObject({ limit, cursor }),
      reply: pageOf(happeningView),
      async handle({ params, query }) {
        const { primary } = await found(port(), params.id);
        const items = await port().history(primary, query.limit + 1, numberCursor(query.cursor));
        return pageOfItems(items, query.limit, ({ seq }) => String(seq), happeningOf);
      },
    }),
    streamRoute({
      id: "failover.holds",
      method: "get",
      path: "/campaigns/{id}/failover/holds",
      personal: "revealed",
      summary:
        "Contacts that a campaign must not call yet, because the other one of its pair has called them: `{number, until}` a line",
      description: "Numbers are masked unless revealed.",
      role: "viewer",
      params: z.strictObject({ id: campaignId }),
      query: z.strictObject({ reveal: flag }),
      contentType: "application/x-ndjson",
      async handle({ params, query, who }) {
        const shown = mayReveal(query.reveal, who);
        const { holds } = port();
        const at = port().now();
        const texts = await linesFrom(async (write) => {
          for (let after = 0; ; ) {
            const page = await holds.list(params.id, at, after, HOLDS_PAGE);
            for (const { number, until } of page) {
              const text = phoneText(number);
              await write({ number: shown ? text : masked(text), until: timeText(until) });
            }
            const last = page.at(-1);
            if (last === undefined || page.length < HOLDS_PAGE) return;
            after = last.number;
          }
        });
        return { texts };
      },
    }),
    route({
      id: "failover.preview",
      method: "post",
      path: "/failover/pairs/preview",
      question: true,
      summary: "What a policy would make of a pair; its confirm is what putting it wants",
      role: "operator",
      body: proposal,
      reply: failoverPreview,
      handle: async ({ body }) => (await plannedPair(port(), body)).preview,
    }),
    dangerousRoute({
      id: "failover.put",
      method: "post",
      path: "/failover/pairs",
      summary: "Watches a pair by a policy: its backup will dial when the primary fails",
      role: "operator",
      body: proposal.extend(confirmation.shape),
      reply: pairView,
      plan: ({ body }) => plannedPair(port(), body),
      async act({ body, who }, policy) {
        await port().put(body.primary, policy, who.name);
        return pairOf(await found(port(), body.primary));
      },
    }),
    route({
      id: "failover.remove",
      method: "delete",
      path: "/failover/pairs/{primary}",
      summary: "Ends the watch over a pair; neither campaign is changed, and its history stays",
      role: "operator",
      params: byPrimary,
      reply: z.strictObject({ removed: z.string() }),
      async handle({ params, who }) {
        await port().remove(params.primary, who.name);
        return { removed: params.primary };
      },
    }),
  ];
}

/** Throws OperationError `job_not_found`. */
async function found(port: FailoverPort, id: string): Promise<PairStanding> {
  const pairs = await port.pairs();
  const pair = pairs.find(({ primary }) => primary === id) ?? pairs.find(({ backup }) => backup === id);
  if (pair !== undefined) return pair;
  throw new OperationError("job_not_found", `campaign ${id} is in no failover pair`);
}

/** Throws OperationError `invalid_input` naming every field of the policy that is wrong. */
async function plannedPair(
  port: FailoverPort,
  { primary, policy: given }: z.output<typeof proposal>,
): Promise<Previewed<FailoverPolicy> & { readonly preview: FailoverPreview }> {
  const parsed = failoverPolicySchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `policy.${path.join(".")}: ${message}`);
    throw new OperationError("invalid_input", problems.join("; "));
  }
  const policy = parsed.data;
  const known = (await port.pairs()).find((pair) => pair.primary === primary);
  const made: Planned<FailoverPolicy> = {
    operation: "failover.put",
    summary: `Watch ${primary}; let ${policy.backup} dial when its success rate is surely below ${policy.threshold}`,
    relies: { primary, policy, before: known?.policy ?? null },
    refusals: policy.backup === primary ? [`campaign ${primary} cannot be its own backup`] : [],
    plan: policy,
  };
  const preview: FailoverPreview = {
    summary: made.summary,
    policy: { ...policy },
    changes: differing(known?.policy, policy),
    refusals: [...made.refusals],
    confirm: confirmOf(made),
  };
  return { ...made, preview, shown: { kind: "failover_pair", preview } };
}

function pairOf({ state, policy, lookedAt, ...pair }: PairStanding): z.input<typeof pairView> {
  return {
    primary: pair.primary,
    backup: pair.backup,
    phase: state.phase,
    side: state.side,
    ...wordsOf(state, pair.primary),
    watched: pair.watched,
    lookedAt: timeText(lookedAt),
    executor: pair.executor,
    held: pair.held,
    order: pair.order,
    policy: { ...policy },
    state: { ...state },
  };
}

function happeningOf({ seq, at, phase, event, alarms }: FailoverHappening): z.input<typeof happeningView> {
  return { seq, at: timeText(at), phase, event, alarms };
}
