// Packs as somebody would make them who can sign: lines changed, counted and signed anew. Written without the code that makes packs.

import { createHash } from "node:crypto";
import { canonicalJson } from "../../../src/kernel/index.ts";

type Sign = (text: string) => string;
type Line = Record<string, unknown> & { readonly kind: string };

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Line);

/** A pack in which one text stands for another. */
export function changedPack(lines: readonly string[], from: string, to: string, sign: Sign): string {
  return signed(parsed(lines.map((line) => line.replace(from, to))), sign);
}

/** A pack in which the hash of an entry stands in its place. */
export function withoutEntry(lines: readonly string[], seq: number, sign: Sign): string {
  return signed(
    parsed(lines).map((line) => {
      const { entry } = line as { readonly entry?: { readonly seq: number } };
      if (entry?.seq !== seq) return line;
      const leaf = createHash("sha256").update("\0").update(canonicalJson(entry)).digest("base64");
      return { kind: "skip", to: seq + 1, hashes: [leaf] };
    }),
    sign,
  );
}

/** A pack without its index. */
export const withoutIndex = (lines: readonly string[], sign: Sign): string => signed(parsed(lines), sign, false);

function signed(lines: readonly Line[], sign: Sign, hasIndex = true): string {
  const body = lines.filter(({ kind }) => kind !== "index" && kind !== "signature");
  const seqs = body.flatMap(({ kind, entry }) => (kind === "entry" ? [(entry as { seq: number }).seq] : []));
  const counts: Record<string, number> = { index: 1 };
  for (const { kind } of body) counts[kind] = (counts[kind] ?? 0) + 1;
  const entries = { count: seqs.length, first: seqs[0] ?? null, last: seqs.at(-1) ?? null };
  const index = hasIndex ? [{ kind: "index", lines: counts, entries }] : [];
  const text = [...body, ...index].map((line) => `${canonicalJson(line)}\n`).join("");
  const sha256 = createHash("sha256").update(text).digest("hex");
  const signature = sign(`outdial-evidence/1\n${sha256}\n`).trimEnd();
  return `${text}${canonicalJson({ kind: "signature", sha256, signature })}\n`;
}
