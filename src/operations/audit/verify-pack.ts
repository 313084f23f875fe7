// Checks an evidence pack with the log's public key alone, line by line, in memory that does not grow with it.

import { createHash } from "node:crypto";
import { canonicalJson } from "../../kernel/index.ts";
import { EvidenceTree, verifySignatureLine } from "../../store/index.ts";
import { verifyManifest } from "../compliance/manifest.ts";
import { PACK_FORMAT, type PackAbout, type PackLine, packLine, signedText } from "./pack-form.ts";

/** A valid pack. */
export interface PackHolds {
  readonly ok: true;
  readonly about: PackAbout;
  readonly madeAt: string;
  readonly madeBy: string;
  /** Number of log entries that it proves, and the size of the log. */
  readonly entries: number;
  readonly size: number;
  /** Number of lines of each kind. */
  readonly lines: Readonly<Record<string, number>>;
  /**
   * For a period: its entries are consecutive in the log, begin before the period and end after it. Null for other packs, for
   * which this cannot be checked.
   */
  readonly whole: boolean | null;
  /** Whether it has neither entries nor facts. */
  readonly empty: boolean;
  /** Number of manifests made under rules whose citations are not in the pack. */
  readonly uncited: number;
}

/** Whether a pack is valid; otherwise the first wrong line (from 1) and the reason. */
export type PackVerdict = PackHolds | { readonly ok: false; readonly line: number; readonly message: string };

/** Longest accepted line, characters. */
const LONGEST = 32 * 1_048_576;

/** Checks a pack. Throws StoreError `audit_key` when the key is malformed. @param vkey the log's public key, the text of `audit.pub` */
export async function verifyPack(bytes: AsyncIterable<Uint8Array>, vkey: string): Promise<PackVerdict> {
  const check = new PackCheck(vkey);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = 0;
  let rest = "";
  const take = (text: string): PackVerdict | undefined => {
    line += 1;
    const message = check.line(text);
    return message === undefined ? undefined : { ok: false, line, message };
  };
  /** The text of some bytes, or for undefined the rest at the end; undefined when it is not UTF-8. */
  const decoded = (chunk: Uint8Array | undefined): string | undefined => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      return undefined;
    }
  };
  const notText = (): PackVerdict => ({ ok: false, line: line + 1, message: "it is not UTF-8" });
  for await (const chunk of bytes) {
    const text = decoded(chunk);
    if (text === undefined) return notText();
    rest += text;
    const parts = rest.split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const refused = take(part);
      if (refused !== undefined) return refused;
    }
    if (rest.length > LONGEST) return { ok: false, line: line + 1, message: `the line is longer than ${LONGEST} characters` };
  }
  if (decoded(undefined) === undefined) return notText();
  if (rest !== "") return { ok: false, line: line + 1, message: "the file ends in the middle of a line" };
  const verdict = check.end();
  return typeof verdict === "string" ? { ok: false, line, message: verdict } : verdict;
}

type Of<Kind extends PackLine["kind"]> = Extract<PackLine, { readonly kind: Kind }>;

class PackCheck {
  readonly #vkey: string;
  readonly #hash = createHash("sha256");
  readonly #tree = new EvidenceTree();
  readonly #lines: Record<string, number> = {};
  #head: Of<"head"> | undefined;
  #signed = false;
  #indexed = false;
  #entries: { count: number; first: Of<"entry">["entry"] | null; last: Of<"entry">["entry"] | null } = {
    count: 0,
    first: null,
    last: null,
  };
  #uncited = 0;

  constructor(vkey: string) {
    this.#vkey = vkey;
  }

  /** @returns what is wrong; undefined when nothing is */
  line(text: string): string | undefined {
    if (this.#signed) return "something stands after the signature";
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.#head === undefined ? "it is no evidence pack" : "the line is not JSON";
    }
    const parsed = packLine.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      if (this.#head === undefined) return `it is no evidence pack of the form ${PACK_FORMAT}`;
      return `the line is not of its form: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
    }
    const { data } = parsed;
    if (text !== canonicalJson(value)) return "the line is not written as a pack writes it";
    if ((data.kind === "head") !== (this.#head === undefined)) return "the head is the first line, and there is one";
    if (data.kind !== "signature") this.#hash.update(`${text}\n`);
    this.#lines[data.kind] = (this.#lines[data.kind] ?? 0) + 1;
    if (this.#indexed && data.kind !== "signature") return "something stands between the index and the signature";
    return this.#check(data);
  }

  #check(line: PackLine): string | undefined {
    switch (line.kind) {
      case "head":
        this.#head = line;
        return undefined;
      case "entry":
        return this.#entry(line);
      case "erased":
        return this.#tree.erased(line.seq, line.hash);
      case "skip":
        return this.#tree.skip(line.to, line.hashes);
      case "decision":
        return decisionFault(line);
      case "manifest":
        return this.#manifest(line);
      case "index":
        return this.#index(line);
      case "signature":
        return this.#signature(line);
      default:
        return undefined;
    }
  }

  #entry({ entry }: Of<"entry">): string | undefined {
    this.#entries = { count: this.#entries.count + 1, first: this.#entries.first ?? entry, last: entry };
    return this.#tree.entry(entry);
  }

  #manifest({ manifest, citations }: Of<"manifest">): string | undefined {
    const verdict = verifyManifest(JSON.stringify(manifest), this.#vkey);
    if (!verdict.ok) return `manifest ${manifest.id}: ${verdict.reason}`;
    if (citations === null) this.#uncited += 1;
    else {
      const missing = Object.keys(manifest.byRule).find((rule) => citations[rule] === undefined);
      if (missing !== undefined) return `manifest ${manifest.id}: no citation is given for ${missing}`;
    }
    return undefined;
  }

  #index({ lines, entries }: Of<"index">): string | undefined {
    this.#indexed = true;
    for (const kind of new Set([...Object.keys(lines), ...Object.keys(this.#lines)])) {
      const [named, there] = [lines[kind] ?? 0, this.#lines[kind] ?? 0];
      if (named !== there) return `the index names ${named} lines of the kind ${kind}, and ${there} are there`;
    }
    const { count, first, last } = this.#entries;
    if (entries.count !== count || entries.first !== (first?.seq ?? null) || entries.last !== (last?.seq ?? null))
      return "the index names other entries than those that are there";
    return undefined;
  }

  #signature({ sha256, signature }: Of<"signature">): string | undefined {
    this.#signed = true;
    if (!this.#indexed) return "there is no index";
    if (this.#hash.digest("hex") !== sha256) return "the pack was changed after it was signed";
    return verifySignatureLine(signedText(sha256), signature, this.#vkey)
      ? undefined
      : "the signature is not of this key: another log's pack, or another key";
  }

  end(): PackHolds | string {
    const head = this.#head;
    if (head === undefined) return "it is no evidence pack: it is empty";
    if (!this.#signed) return "the end is missing: there is no signature";
    const { size, checkpoint } = head.log;
    if (this.#tree.size !== size) return `the entries lead to ${this.#tree.size} of ${size}`;
    const fault = this.#tree.end(checkpoint, this.#vkey);
    if (fault !== undefined) return fault;
    const { about, madeAt, madeBy } = head;
    const whole = "from" in about ? this.#isWhole(about) : null;
    if (whole === false) return "entries of the period are missing: the run of entries has a gap, or does not reach its ends";
    const aside = new Set(["head", "index", "signature", "skip", "erased", "decision"]);
    const empty = Object.keys(this.#lines).every((kind) => aside.has(kind));
    const { count: entries } = this.#entries;
    return { ok: true, about, madeAt, madeBy, entries, size, lines: this.#lines, whole, empty, uncited: this.#uncited };
  }

  /** Whether the entries are consecutive and reach beyond both ends of the period, or to the ends of the log. */
  #isWhole({ from, to }: { readonly from: string; readonly to: string }): boolean {
    const { first, last } = this.#entries;
    const { hasGaps, isFromBeginning, isToEnd, size } = this.#tree;
    if (first === null || last === null) return size === 0;
    // The time of an erased entry is not known.
    return !hasGaps && (isFromBeginning || first.time < from) && (isToEnd || last.time >= to);
  }
}

/** Every violated rule must have its reason, and every rule of a pack its citation. */
function decisionFault({ rules, reasons, number, at }: Of<"decision">): string | undefined {
  const where = `the decision about ${number} at ${at}`;
  for (const rule of rules)
    if (!reasons.some((reason) => reason.rule === rule)) return `${where}: no reason is given for ${rule}`;
  for (const { rule, ruleId, citation } of reasons)
    if (ruleId !== null && (citation ?? "") === "") return `${where}: no citation is given for ${rule}`;
  return undefined;
}
