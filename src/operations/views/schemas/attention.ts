// What needs attention, worst first: what it is, since when, why, what to do next, and who takes care of it.

import { z } from "zod";
import { time } from "./common.ts";

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
  "replicas",
  "settings",
  "job",
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
      kind: z.enum(["campaign", "approval", "receiver", "compliance", "dialer", "job", "tenant", "stop"]),
      id: z.string(),
      name: z.string(),
    }),
    what: z.string().describe("A sentence without its full stop"),
    cause: z.enum(CAUSE_KINDS).nullable().describe("What explains it, by what was read; null: not known"),
    evidence: z.array(z.string()).readonly().describe("What says so, the most important first"),
    since: time.nullable().describe("Null: not known"),
    next: z.string().describe("What a person is to do"),
    acknowledged: z.strictObject({ by: z.string(), at: time, note: z.string().nullable() }).nullable(),
    owner: z.string().nullable().describe("Who sees to it"),
  })
  .meta({ id: "Concern" });
export type Concern = z.output<typeof concern>;

/** Everything that needs a person, the most urgent first. */
export const attentionList = z.strictObject({ items: z.array(concern).readonly() }).meta({ id: "AttentionList" });
export type AttentionList = z.output<typeof attentionList>;

/** What a person can do about a concern. */
export const ATTENTION_WORDS = ["acknowledge", "take", "release"] as const;
/** What a person does about a concern. */
export type AttentionVerb = (typeof ATTENTION_WORDS)[number];
