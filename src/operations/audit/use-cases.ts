// Use cases of the audit log: entries, verification, proofs of entries, and evidence packs.

import type { AuditLog, EvidenceAbout } from "../../store/index.ts";
import type { RulesInForce } from "../compliance/use-cases.ts";
import { phoneText } from "../compliance/values.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { type PackMade, PdfText, packPdf, type WritePack, writePack } from "./pack.ts";

/** A requested pack; exactly one of the three subjects. */
export interface PackAsked {
  /** Telephone number as digits of E.164 without the plus sign. */
  readonly number?: number | undefined;
  readonly campaign?: string | undefined;
  /** ms since the epoch; the first inclusive, the second exclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reads, proves and checks the audit log, and makes evidence packs. Errors: OperationError, StoreError, ComplianceError. */
export class AuditUseCases {
  readonly #context: Pick<Context, "store" | "clock">;
  readonly #rules: () => Promise<RulesInForce>;

  /** @param rules the rules in force; throws ComplianceError `invalid_pack` */
  constructor(context: Pick<Context, "store" | "clock">, rules: () => Promise<RulesInForce>) {
    this.#context = context;
    this.#rules = rules;
  }

  /** A page of entries. */
  list(query?: Parameters<AuditLog["list"]>[0]) {
    return this.#context.store.audit.list(query);
  }

  /** Recomputes the log and compares it with its heads outside the store. Throws StoreError `audit_key`. */
  verify(options?: Parameters<AuditLog["verify"]>[0]) {
    return this.#context.store.audit.verify(options);
  }

  /** The proof that entry `seq` is in the log. Throws StoreError `not_found`. */
  proof(seq: number) {
    return this.#context.store.audit.proof(seq);
  }

  /**
   * Writes everything about a number, a campaign or a period as one signed text with JSON lines; making it is recorded in the
   * log. Throws OperationError `invalid_input`, StoreError `invalid_state` when the log does not prove its entries.
   */
  async pack(asked: PackAsked, by: string, write: WritePack): Promise<PackMade> {
    const { store, clock } = this.#context;
    const about = evidenceOf(asked);
    const deps = { audit: store.audit, facts: store.facts, rules: await this.#rules(), now: clock.now(), by };
    const made = await writePack(about, deps, write);
    const { entries, size, sha256 } = made;
    await store.audit.append([
      { actor: by, action: "audit.pack", subject: subjectOf(about), details: { about: made.about, entries, size, sha256 } },
    ]);
    return made;
  }

  /**
   * The same as a signed PDF with the text attached. Throws OperationError `invalid_input` for a pack that is too large for a
   * PDF.
   */
  async packPdf(asked: PackAsked, by: string): Promise<Uint8Array> {
    const text = new PdfText();
    await this.pack(asked, by, (line) => text.add(line));
    return this.pdfOf(text);
  }

  /** The signed PDF of a pack. */
  pdfOf(pack: PdfText): Promise<Uint8Array> {
    return packPdf(pack, (text) => this.#context.store.audit.sign(text));
  }
}

function subjectOf(about: EvidenceAbout): string {
  if (about.kind === "number") return phoneText(about.number);
  return about.kind === "campaign" ? about.campaign : "a period";
}

/** The requested subject. Throws OperationError `invalid_input` unless exactly one is given. */
function evidenceOf({ number, campaign, from, to }: PackAsked): EvidenceAbout {
  const period = from !== undefined || to !== undefined;
  const given = [number !== undefined, campaign !== undefined, period].filter(Boolean).length;
  if (given !== 1) throw new OperationError("invalid_input", "a pack is about one number, one campaign or one period");
  if (number !== undefined) return { kind: "number", number };
  if (campaign !== undefined) return { kind: "campaign", campaign };
  if (from === undefined || to === undefined || from >= to)
    throw new OperationError("invalid_input", "a period has a beginning and an end, the end later than the beginning");
  return { kind: "period", from, to };
}
