// What needs attention, worst first: what it is, since when, why, what to do next, and who takes care of it.

import { z } from "zod";
import { count, time } from "./common.ts";

/** Causes why a campaign does not dial, each as one word. */
export const CAUSE_KINDS = [
  "list",
  "windows",
  "gate",
  "agents",
  "lines",
  "agents or lines",
  "pacing",
  "tenant",
  "pair",
  "abandonment",
  "approval",
  "opt-outs",
  "import",
  "receiver",
  "settings",
  "job",
  "store",
] as const;

/** Something that needs a person, with its severity and who takes care of it. */
export const concern = z
  .strictObject({
    key: z.string().describe("Names the thing and its episode: one that comes again has another key"),
    code: z.string().describe("Stable: branch on this"),
    severity: z
      .enum(["urgent", "soon"])
      .describe("urgent: people may be called wrongly, or nobody is; soon: before it comes to that"),
    subject: z.strictObject({
      kind: z.enum(["campaign", "approval", "receiver", "compliance", "dialer", "job", "tenant", "stop", "store"]),
      id: z.string(),
      name: z.string(),
    }),
    what: z.string().describe("A sentence without its full stop"),
    cause: z.enum(CAUSE_KINDS).nullable().describe("What explains it, by what was read; null: not known"),
    evidence: z.array(z.string()).readonly().describe("What says so, the most important first"),
    since: time.nullable().describe("Null: not known"),
    lastSeen: time
      .nullable()
      .describe(
        "When the tenant showed it last, while its data is older than it should be; null while it is fresh, and for what outdial knows by itself",
      ),
    campaigns: z
      .array(
        z.strictObject({ id: z.string(), name: z.string(), what: z.string(), since: time.nullable(), lastSeen: time.nullable() }),
      )
      .readonly()
      .describe("The campaigns with this cause: one or several; empty for what is about no campaign"),
    next: z.string().describe("What a person is to do"),
    acknowledged: z.strictObject({ by: z.string(), at: time, note: z.string().nullable() }).nullable(),
    owner: z.string().nullable().describe("Who sees to it"),
  })
  .meta({ id: "Concern" });
export type Concern = z.output<typeof concern>;

/** How much is known of the tenant, so that nothing to see is not taken for nothing to do. */
export const tenantKnown = z
  .strictObject({
    verdict: z
      .enum(["ok", "not_ok", "unknown"])
      .describe(
        "ok: all is known, and nothing needs a person. not_ok: something does. unknown: nothing known does, and something is not known",
      ),
    covers: z.strictObject({ known: count, of: count }).describe("Campaigns of which all is known, of those that are listed"),
    oldest: time.nullable().describe("When the oldest part of what is known was read; null: nothing is known"),
    latest: time.nullable().describe("When the tenant was last read; null: never"),
    missing: z
      .array(z.strictObject({ what: z.string(), count }))
      .readonly()
      .describe("What is not known yet, such as calling windows, and of how many campaigns"),
    away: z
      .strictObject({ since: time.nullable(), reason: z.string() })
      .nullable()
      .describe(
        "The tenant does not answer: since when, null when it never did; what is known is of before. Null while it answers",
      ),
  })
  .meta({ id: "TenantKnown" });
export type TenantKnown = z.output<typeof tenantKnown>;

/** Everything that needs a person, the most urgent first, and how much is known. */
export const attentionList = z
  .strictObject({ items: z.array(concern).readonly(), known: tenantKnown })
  .meta({ id: "AttentionList" });
export type AttentionList = z.output<typeof attentionList>;

/** What a person can do about a concern. */
export const ATTENTION_WORDS = ["acknowledge", "take", "release"] as const;
/** What a person does about a concern. */
export type AttentionVerb = (typeof ATTENTION_WORDS)[number];
