// Given rule packs: compiled, checked, converted from and to flat rule sets; recorded decisions decided again.

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
import type { ReplayCounts } from "../views/schemas/rule-packs.ts";

/** Compiles a pack with this runtime's time-zone data. Throws ComplianceError `invalid_pack`. */
export function compileRulePack(pack: RulePack): CompiledPack {
  return compilePack(pack, { geography: createBuiltinGeography(), timeZoneData: process.versions["tz"] });
}

/**
 * The pack in a document: a pack, laid over the shipped one when that is its base, or a flat rule set. @param where its name in
 * messages. Throws ComplianceError `invalid_pack`; OperationError `invalid_input` for an overlay on an unavailable pack.
 */
export function packOfDocument(document: object, where: string): RulePack {
  const read = parseRulePack(document, where);
  if (read.base === undefined) return read;
  const shipped = usCaUk2026();
  if (read.base === shipped.id) return mergePacks(shipped, read);
  throw new OperationError("invalid_input", `${where}.base: ${read.base} is not here; allowed is ${shipped.id}`, {
    advice: "Send the pack already merged with its base.",
  });
}

/** A summary of a usable pack. Throws ComplianceError `invalid_pack` with every fault. */
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

/** Converts a flat rule set to a pack, or a pack that says no more to a flat rule set. Throws ComplianceError `invalid_pack`. */
export function convertedPack(document: object): {
  readonly format: "pack" | "flat";
  readonly document: Record<string, unknown>;
} {
  if (isFlatRuleSet(document)) return { format: "pack", document: { ...convertFlatRuleSet(document, "document") } };
  return { format: "flat", document: { ...toFlatRuleSet(parseRulePack(document, "document")) } };
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

/** Why a record of `check --record` contains no decision; undefined for any other value. */
function failureOf(recorded: object): string | undefined {
  const parsed = failure.safeParse(recorded);
  return parsed.success ? parsed.data.error.message : undefined;
}

/** The instant of a recorded question; NaN when it has none. */
function instantOf({ input }: Record<string, unknown>): number {
  const at = typeof input === "object" && input !== null && "at" in input ? input.at : undefined;
  return typeof at === "string" ? Date.parse(at) : Number.NaN;
}

/** What a replay leaves out, and where it writes. */
export interface ReplaySink {
  /** Earlier decisions are left out, ms since the epoch; default: all are replayed. */
  readonly since?: number | undefined;
  /** Receives a line for each decision that changes, each unreadable record and each record without a decision. */
  readonly write: (line: object) => Promise<void>;
  /** Decisions replayed so far. */
  readonly progress?: (decisions: number) => void;
}

/**
 * Decides recorded decisions again. @param counts of earlier files, which are added to @param own compiles the pack that a first line `{pack}` has
 * @returns the counts
 */
export async function replayDecisions(
  bytes: AsyncIterable<Uint8Array>,
  pack: CompiledPack,
  { write, progress, since }: ReplaySink,
  counts: ReplayCounts = noneReplayed(),
  own?: (document: object) => Promise<CompiledPack>,
): Promise<ReplayCounts> {
  let rules = pack;
  let above = 0;
  for await (const read of ndjsonLines(bytes)) {
    const line = read.line - above;
    try {
      if ("problem" in read) throw new OutdialError("invalid_facts", read.problem);
      const recorded = Object.fromEntries(read.members);
      const document = line === 1 && read.members.size === 1 ? recorded["pack"] : undefined;
      if (own !== undefined && above === 0 && typeof document === "object" && document !== null) {
        rules = await own(document);
        above = 1;
        continue;
      }
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
      const { id, change, before, after } = replay(recorded, rules);
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
