// Dispositions of an interaction, and how a correction changes them. Pure.

import type { InteractionEntry } from "../../tenant/port.ts";

/** One disposition as the tenant stores it; the names are those on the wire (contract §2.2). `source`: who wrote it; `api` for ours. */
export type Entry = Readonly<InteractionEntry>;

/** An interaction's dispositions with their version tag. */
export interface Version {
  readonly tag: string;
  readonly dispositions: readonly Entry[];
}

/**
 * - `append`: other entries are kept; the same code by the same agent is not added twice.
 * - `replace`: the new entry replaces all others, which are in the audit log.
 * - `fail`: like `append`, but any change by another writer in the meantime ends the correction.
 */
export const POLICIES = ["append", "replace", "fail"] as const;
/** What happens to existing entries: see `POLICIES`. */
export type Policy = (typeof POLICIES)[number];

/** Whether an entry is the wanted one: same code, agent and instant. A changed description does not make it another entry. */
export function isEntry(entry: Entry, wanted: Entry): boolean {
  return (
    entry.code === wanted.code &&
    entry.agent_id === wanted.agent_id &&
    (entry.timestamp === wanted.timestamp || Date.parse(entry.timestamp) === Date.parse(wanted.timestamp))
  );
}

/** What is to be stored, or that it is already stored. */
export type Merge = { readonly kind: "unchanged" } | { readonly kind: "write"; readonly dispositions: readonly Entry[] };

/** Merges an entry into what is stored. */
export function mergeDispositions(stored: readonly Entry[], wanted: Entry, policy: Policy): Merge {
  if (policy === "replace") {
    const [only, ...others] = stored;
    const same = only !== undefined && others.length === 0 && isEntry(only, wanted) && only.description === wanted.description;
    return same ? { kind: "unchanged" } : { kind: "write", dispositions: [wanted] };
  }
  const there = stored.some(({ code, agent_id }) => code === wanted.code && agent_id === wanted.agent_id);
  return there ? { kind: "unchanged" } : { kind: "write", dispositions: [...stored, wanted] };
}

/**
 * Whether a version shows that our write based on `base` was executed: our entry is there and, when it was to replace the others,
 * none of them is.
 */
export function hasLanded(now: readonly Entry[], base: Version, wanted: Entry, policy: Policy): boolean {
  if (!now.some((entry) => isEntry(entry, wanted))) return false;
  if (policy !== "replace") return true;
  const replaced = base.dispositions.filter((entry) => !isEntry(entry, wanted));
  return !replaced.some((old) => now.some((entry) => isEntry(entry, old)));
}
