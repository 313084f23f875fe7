// Rule packs that are given: made ready, checked, converted from and to flat rule sets; recorded decisions decided again.

import { z } from "zod";
import {
  type CompiledPack,
  compilePack,
  convertFlatRuleSet,
  createBuiltinGeography,
  isFlatRuleSet,
  mergePacks,
  parseRulePack,
  type RulePack,
  replay,
  toFlatRuleSet,
  usCaUk2026,
} from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { ndjsonLines } from "../table/lines.ts";

/** Makes a pack ready to decide with, on this runtime's time-zone data. Throws ComplianceError `invalid_pack`. */
export function compileRulePack(pack: RulePack): CompiledPack {
  return compilePack(pack, { geography: createBuiltinGeography(), timeZoneData: process.versions["tz"] });
}

/**
 * The pack of a document: a pack, over the shipped one when that is its base, or a flat rule set. @param where names it in messages.
 * Throws ComplianceError `invalid_pack`; OperationError `invalid_input` for an overlay of a pack that is not here.
 */
export function packOfDocument(document: object, where: string): RulePack {
  const read = parseRulePack(document, where);
  if (read.base === undefined) return read;
  const shipped = usCaUk2026();
  if (read.base === shipped.id) return mergePacks(shipped, read);
  throw new OperationError("invalid_input", `${where}.base: ${read.base} is not here; allowed is ${shipped.id}`, {
    advice: "Send the pack with its base laid under it.",
  });
}

/** What a pack that can be used holds. Throws ComplianceError `invalid_pack` with every fault. */
export function validatedPack(pack: RulePack) {
  compileRulePack(pack);
  const { id, version, rules, jurisdictions, calendars } = pack;
  return {
    valid: true,
    id,
    version,
    rules: rules.length,
    jurisdictions: jurisdictions.length,
    calendars: Object.keys(calendars).length,
  };
}

/** A flat rule set as a pack, or a pack that says no more as a flat rule set. Throws ComplianceError `invalid_pack`. */
export function convertedPack(document: object): {
  readonly format: "pack" | "flat";
  readonly document: Record<string, unknown>;
} {
  if (isFlatRuleSet(document)) return { format: "pack", document: { ...convertFlatRuleSet(document, "document") } };
  return { format: "flat", document: { ...toFlatRuleSet(parseRulePack(document, "document")) } };
}

/** Recorded decisions that were decided again, and how many of them came out otherwise. */
export interface ReplayCounts {
  decisions: number;
  /** Allow and deny are swapped. */
  decision: number;
  /** Other rules are broken. */
  rules: number;
  /** Only the next allowed instant is another. */
  next: number;
  unreadable: number;
  /** Records of questions that could not be read when they were asked: no pack decides them. */
  notDecided: number;
  /** Decisions of before the time from which on they are replayed. */
  older: number;
}

/** Counts of a replay before its first decision. */
export const noneReplayed = (): ReplayCounts => ({
  decisions: 0,
  decision: 0,
  rules: 0,
  next: 0,
  unreadable: 0,
  notDecided: 0,
  older: 0,
});

const failure = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.string() }),
  decision: z.undefined().optional(),
});

/** Why a record holds no decision, as `check --record` writes it; undefined for anything else. */
function failureOf(recorded: object): string | undefined {
  const parsed = failure.safeParse(recorded);
  return parsed.success ? parsed.data.error.message : undefined;
}

/** The instant of a recorded question; NaN, which is before nothing, when it has none. */
function instantOf({ input }: Record<string, unknown>): number {
  const at = typeof input === "object" && input !== null && "at" in input ? input.at : undefined;
  return typeof at === "string" ? Date.parse(at) : Number.NaN;
}

/** What a replay of decisions leaves out, and whom it tells. */
export interface ReplaySink {
  /** Decisions about earlier instants (ms since the epoch) are left out; all are replayed by default. */
  readonly since?: number | undefined;
  /** A line for each decision that changes, and with the reason for each that cannot be read and each record without a decision. */
  readonly write: (line: object) => Promise<void>;
  /** Decisions replayed so far. */
  readonly progress?: (decisions: number) => void;
}

/** Decides recorded decisions again. @param counts those of the files before, counted on @returns them */
export async function replayDecisions(
  bytes: AsyncIterable<Uint8Array>,
  pack: CompiledPack,
  { write, progress, since }: ReplaySink,
  counts: ReplayCounts = noneReplayed(),
): Promise<ReplayCounts> {
  for await (const read of ndjsonLines(bytes)) {
    const { line } = read;
    try {
      if ("problem" in read) throw new OutdialError("invalid_facts", read.problem);
      const recorded = Object.fromEntries(read.members);
      const notDecided = failureOf(recorded);
      if (notDecided !== undefined) {
        counts.notDecided += 1;
        await write({ line, notDecided });
        continue;
      }
      if (since !== undefined && instantOf(recorded) < since) {
        counts.older += 1;
        continue;
      }
      const { id, change, before, after } = replay(recorded, pack);
      counts.decisions += 1;
      progress?.(counts.decisions);
      if (change === undefined) continue;
      counts[change] += 1;
      await write({ line, ...(id === undefined ? {} : { id }), change, before, after });
    } catch (thrown) {
      if (!(thrown instanceof OutdialError) || thrown.code !== "invalid_facts") throw thrown;
      counts.unreadable += 1;
      await write({ line, unreadable: thrown.message });
    }
  }
  return counts;
}
