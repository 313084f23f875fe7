// Writes an evidence pack line by line, in memory that does not grow with it.

import { createHash } from "node:crypto";
import type { CallType, CompiledPack, RulePack } from "../../compliance/index.ts";
import { decide, formatInstant, formatQuestion } from "../../compliance/index.ts";
import { canonicalJson } from "../../kernel/index.ts";
import {
  type AuditLog,
  type EvidenceAbout,
  type EvidenceSnapshot,
  type FactKind,
  type Facts,
  NO_FACTS,
  type NumberFacts,
  type PhoneKey,
  type RegistryFile,
} from "../../store/index.ts";
import { FactsReader, lookBack } from "../compliance/call-facts.ts";
import { parseManifest } from "../compliance/manifest.ts";
import { asOf, callTypes } from "../compliance/placed.ts";
import { idsOf } from "../compliance/tally.ts";
import type { RulesInForce } from "../compliance/use-cases.ts";
import { askedAs, phoneText } from "../compliance/values.ts";
import { PACK_FORMAT, type PackAbout, type PackLineKind, signedText } from "./pack-form.ts";

/** Receives a line with its newline; resolves when the next one can be sent. */
export type WritePack = (text: string) => void | Promise<void>;

interface PackDeps {
  readonly audit: Pick<AuditLog, "evidence" | "sign" | "vkey">;
  readonly facts: Facts;
  readonly rules: RulesInForce;
  /** ms since the epoch */
  readonly now: number;
  readonly by: string;
}

/** The contents of a pack. */
export interface PackMade {
  readonly about: PackAbout;
  readonly madeAt: string;
  /** Number of log entries that it proves, and the size of the log. */
  readonly entries: number;
  readonly size: number;
  /** Number of lines of each kind. */
  readonly lines: Readonly<Partial<Record<PackLineKind, number>>>;
  /** SHA-256 of all lines except the last, hexadecimal. */
  readonly sha256: string;
}

/** Number of calls decided in one round trip. */
const BATCH = 500;
/** Type of the calls of campaigns whose gate records do not say it. */
const ASSUMED: CallType = "telemarketing";

interface Attempt {
  readonly number: string;
  readonly at: string;
  readonly call: string;
  readonly subject: string;
  readonly campaign: string;
}

/** The subject of a pack, for its head. */
function aboutOf(about: EvidenceAbout): PackAbout {
  if (about.kind === "number") return { number: phoneText(about.number) };
  if (about.kind === "campaign") return { campaign: about.campaign };
  return { from: formatInstant(about.from), to: formatInstant(about.to) };
}

/** Writes a pack. Throws StoreError `invalid_state` when the log does not prove its entries. */
export function writePack(about: EvidenceAbout, deps: PackDeps, write: WritePack): Promise<PackMade> {
  return deps.audit.evidence(about, (snapshot) => new PackWriter(about, deps, snapshot, write).run());
}

class PackWriter {
  readonly #about: EvidenceAbout;
  readonly #deps: PackDeps;
  readonly #snapshot: EvidenceSnapshot;
  readonly #write: WritePack;
  readonly #hash = createHash("sha256");
  readonly #lines: Partial<Record<PackLineKind, number>> = {};

  constructor(about: EvidenceAbout, deps: PackDeps, snapshot: EvidenceSnapshot, write: WritePack) {
    this.#about = about;
    this.#deps = deps;
    this.#snapshot = snapshot;
    this.#write = write;
  }

  async run(): Promise<PackMade> {
    const { audit, rules, by, now } = this.#deps;
    const { size, checkpoint } = this.#snapshot;
    const { packVersion: version, timeZoneData, geographyVersion: geography } = rules.compiled;
    const about = aboutOf(this.#about);
    const madeAt = formatInstant(now);
    await this.#line("head", {
      format: PACK_FORMAT,
      about,
      madeAt,
      madeBy: by,
      key: audit.vkey,
      log: { size, checkpoint },
      rules: { version, timeZoneData, geography },
    });
    for (const kind of ["consent", "optOut", "revocation", "import"] as const) await this.#facts(kind);
    await this.#manifests();
    await this.#attempts();
    await this.#facts("disposition");
    await this.#facts("settings");
    const entries = await this.#entries();
    await this.#line("index", { lines: { ...this.#lines, index: 1 }, entries });
    const sha256 = this.#hash.copy().digest("hex");
    await this.#line("signature", { sha256, signature: audit.sign(signedText(sha256)).trimEnd() });
    return { about, madeAt, entries: entries.count, size, lines: this.#lines, sha256 };
  }

  async #line(kind: PackLineKind, members: object): Promise<void> {
    const text = `${canonicalJson({ kind, ...members })}\n`;
    this.#hash.update(text);
    this.#lines[kind] = (this.#lines[kind] ?? 0) + 1;
    await this.#write(text);
  }

  async #facts(kind: FactKind): Promise<void> {
    for await (const row of this.#snapshot.facts(kind)) await this.#line(kind, row);
  }

  async #manifests(): Promise<void> {
    const { pack } = this.#deps.rules;
    const hash = `sha256:${createHash("sha256").update(canonicalJson(pack)).digest("hex")}`;
    const known = citationsOf(pack);
    for await (const { manifest: text } of this.#snapshot.facts<{ readonly manifest: string }>("manifest")) {
      const manifest = parseManifest(text);
      const citations =
        manifest.pack.hash === hash
          ? Object.fromEntries(Object.keys(manifest.byRule).map((rule) => [rule, known.get(rule) ?? []]))
          : null;
      await this.#line("manifest", { manifest, citations });
    }
  }

  /** The calls; those that we placed with a new decision for their instant. */
  async #attempts(): Promise<void> {
    const again = await DecidedAgain.open(this.#deps);
    let batch: Attempt[] = [];
    const flush = async () => {
      const decisions = await again.of(batch);
      for (const [i, attempt] of batch.entries()) {
        await this.#line("attempt", attempt);
        const decision = decisions[i];
        if (decision !== undefined) await this.#line("decision", decision);
      }
      batch = [];
    };
    for await (const attempt of this.#snapshot.facts<Attempt>("attempt")) {
      batch.push(attempt);
      if (batch.length >= BATCH) await flush();
    }
    await flush();
    if (this.#about.kind === "number") await this.#line("decision", await again.now(this.#about.number));
  }

  async #entries() {
    let [count, first, last]: [number, number | null, number | null] = [0, null, null];
    for await (const part of this.#snapshot.log()) {
      if ("entry" in part) {
        count += 1;
        first ??= part.entry.seq;
        last = part.entry.seq;
        await this.#line("entry", part);
      } else await this.#line("skip", part);
    }
    return { count, first, last };
  }
}

/** The citation of each violation id. */
function citationsOf(pack: RulePack): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const rule of pack.rules)
    for (const id of idsOf(rule)) found.set(id, (found.get(id) ?? new Set()).add(`${rule.jurisdiction}: ${rule.citation}`));
  return new Map([...found].map(([id, citations]) => [id, [...citations].sort()]));
}

/**
 * Decides calls again under the rules in force. Consents, opt-outs and attempts are those of the call's instant. Registry files,
 * line types and answers about reassigned numbers are today's, because the store keeps only the newest; the place is that of the
 * number.
 */
class DecidedAgain {
  readonly #deps: PackDeps;
  readonly #files: readonly RegistryFile[];
  readonly #types: ReadonlyMap<string, CallType>;
  readonly #reader: FactsReader;

  private constructor(deps: PackDeps, files: readonly RegistryFile[], types: ReadonlyMap<string, CallType>) {
    this.#deps = deps;
    this.#files = files;
    this.#types = types;
    this.#reader = new FactsReader(deps.rules.compiled, files, undefined);
  }

  static async open(deps: PackDeps): Promise<DecidedAgain> {
    return new DecidedAgain(deps, await deps.facts.registryFiles(), await callTypes(deps.facts));
  }

  /** @returns a decision for each attempt; undefined for inbound calls */
  async of(attempts: readonly Attempt[]): Promise<(object | undefined)[]> {
    if (attempts.length === 0) return [];
    const first = Math.min(...attempts.map(({ at }) => Date.parse(at)));
    const known = await this.#known(
      attempts.map(({ number }) => keyOf(number)),
      first,
    );
    return attempts.map(({ number, at, call, subject, campaign }) => {
      if (call === "inbound-conversation") return undefined;
      const then = asOf(known.get(keyOf(number)) ?? NO_FACTS, Date.parse(at));
      const type = this.#types.get(campaign);
      return this.#decided("placed", { number, at: Date.parse(at), subject, type }, then, campaign);
    });
  }

  async now(number: PhoneKey): Promise<object> {
    const at = this.#deps.now;
    const known = await this.#known([number], at);
    return this.#decided(
      "now",
      { number: phoneText(number), at, subject: "", type: undefined },
      known.get(number) ?? NO_FACTS,
      null,
    );
  }

  #known(numbers: readonly PhoneKey[], first: number) {
    const back = lookBack(this.#deps.rules.compiled.pack.rules);
    return this.#deps.facts.of([...new Set(numbers)], { attemptsSince: first - back, files: this.#files });
  }

  #decided(
    of: "placed" | "now",
    asked: { readonly number: string; readonly at: number; readonly subject: string; readonly type: CallType | undefined },
    known: NumberFacts,
    campaign: string | null,
  ): object {
    const pack: CompiledPack = this.#deps.rules.compiled;
    const { number, at, subject, type } = asked;
    const call = {
      number: askedAs(keyOf(number)),
      callType: type ?? ASSUMED,
      postal: undefined,
      subject: subject === "" ? undefined : subject,
    };
    const { jurisdictions } = pack.place(call.number, undefined);
    const facts = this.#reader.read(known, { number: keyOf(number), at, jurisdictions });
    const { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData } = decide(call, facts, pack, at);
    return {
      of,
      number,
      at: formatInstant(at),
      campaign,
      callTypeAssumed: type === undefined,
      input: formatQuestion(call, facts, at),
      decision,
      rules,
      reasons: reasons.map(({ rule, ruleId = null, jurisdiction = null, citation = null, zone = null, text }) => ({
        rule,
        ruleId,
        jurisdiction,
        citation,
        zone,
        text,
      })),
      weighed,
      cap,
      next: next === null ? null : formatInstant(next),
      zones,
      packVersion,
      timeZoneData,
    };
  }
}

const keyOf = (number: string): PhoneKey => Number(number.slice(1));
