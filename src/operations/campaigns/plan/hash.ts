// The hash of a plan: over what it would do and the state of the tenant it relies on; figures that may move freely are left out.

import { createHash } from "node:crypto";
import { canonicalJson } from "../../../kernel/index.ts";
import type { CampaignPlan } from "./types.ts";

/** SHA-256 over the canonical form, hex. The same files against the same state have the same, wherever the files lie. */
export function planHash({ format, activate, pack, entries, unmanaged }: Omit<CampaignPlan, "hash">): string {
  const relied = {
    format,
    activate,
    pack,
    entries: entries.map((entry) => {
      const { blast: _, source: __, uploaded: ___, changes, ...content } = entry;
      // A document read back from JSON may have its fields in another order.
      return { ...content, changes: changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
    }),
    unmanaged: unmanaged.map(({ id, name }) => ({ id, name })),
  };
  return createHash("sha256").update(canonicalJson(relied)).digest("hex");
}
