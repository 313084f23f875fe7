// The hash of a plan: over what it would do and the state of the tenant that it relies on; figures that may change freely are
// left out.

import { createHash } from "node:crypto";
import { basename } from "node:path";
import { canonicalJson } from "../../../kernel/index.ts";
import type { CampaignPlan } from "./types.ts";

/**
 * SHA-256 over the canonical form, hex. The same files against the same state have the same hash, in whatever folder the files
 * are.
 */
export function planHash({ format, activate, pack, entries, unmanaged }: Omit<CampaignPlan, "hash">): string {
  const relied = {
    format,
    activate,
    pack,
    entries: entries.map((entry) => {
      const { blast: _, source: __, uploaded: ___, changes, ...content } = entry;
      // A document read back from JSON may have its fields in another order.
      const sorted = { ...content, changes: changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
      // The records' own hash covers their content.
      const { contactListFile } = entry.wanted.document as { readonly contactListFile?: { readonly path?: unknown } };
      return typeof contactListFile?.path === "string" ? renamed(sorted, contactListFile.path) : sorted;
    }),
    unmanaged: unmanaged.map(({ id, name }) => ({ id, name })),
  };
  return createHash("sha256").update(canonicalJson(relied)).digest("hex");
}

/** A value in which the full path of a file is replaced with its name. */
function renamed(value: unknown, path: string): unknown {
  if (value === path) return basename(path);
  if (Array.isArray(value)) return value.map((one) => renamed(one, path));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renamed(one, path)]));
}
