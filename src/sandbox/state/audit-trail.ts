// The vendor's audit log of the tenant: a generated history before the start, then real changes. Newest first.

import { createRandom, type Instant } from "../../kernel/index.ts";
import type { Scenario } from "../scenario/index.ts";

export interface TrailEntry {
  readonly id: string;
  readonly entity: string;
  readonly entityId: string;
  readonly action: string;
  readonly actor: string;
  readonly timestamp: string;
  readonly before: unknown;
  readonly after: unknown;
}

type AuditDraft = Omit<TrailEntry, "id" | "timestamp">;

export type AuditTrail = Readonly<ReturnType<typeof createAuditTrail>>;

const HISTORY_ACTIONS = ["settings.update", "settings.read", "campaign.activate", "campaign.pause"] as const;
const HISTORY_SPACING_MS = 37 * 60_000;

/** An entry of the history is computed from its position, so that a long history costs nothing until it is read. */
export function createAuditTrail(scenario: Scenario, seed: number | string, start: Instant) {
  const history = scenario.dialer.history.auditEntries;
  let written: TrailEntry[] = [];
  const idOf = (position: number) => `audit_${String(position + 1).padStart(7, "0")}`;

  const past = (position: number): TrailEntry => {
    const random = createRandom(seed, `audit/${position}`);
    const ratio = () => Math.round((2 + random.next() * 3) * 10) / 10;
    const [before, after] = [ratio(), ratio()];
    return {
      id: idOf(position),
      entity: "dialer",
      entityId: "settings",
      action: HISTORY_ACTIONS[random.int(HISTORY_ACTIONS.length)] ?? "settings.update",
      actor: `admin_${1 + random.int(5)}`,
      timestamp: new Date(start - (history - position) * HISTORY_SPACING_MS).toISOString(),
      before: { algorithm: { dial_ratio: before } },
      after: { algorithm: { dial_ratio: after } },
    };
  };

  return {
    get size(): number {
      return history + written.length;
    },
    record(entry: AuditDraft, now: Instant): void {
      written.push({ id: idOf(history + written.length), ...entry, timestamp: new Date(now).toISOString() });
    },
    /**
     * Entries from newest to oldest.
     * @param below only entries below this position (the position of the page before); undefined for the first page
     */
    page(
      entity: string | undefined,
      below: number | undefined,
      limit: number,
    ): { entries: TrailEntry[]; next: number | undefined } {
      const entries: TrailEntry[] = [];
      let next: number | undefined;
      for (let position = Math.min(below ?? Number.POSITIVE_INFINITY, history + written.length) - 1; position >= 0; position--) {
        const entry = position < history ? past(position) : written[position - history];
        if (entry === undefined || (entity !== undefined && entry.entity !== entity)) continue;
        if (entries.length === limit) {
          next = position + 1;
          break;
        }
        entries.push(entry);
      }
      return { entries, next };
    },
    snapshot: (): TrailEntry[] => [...written],
    restore(entries: readonly TrailEntry[]): void {
      written = [...entries];
    },
  };
}
