// What a service asks about its database: whether it answers, its schema and its clock; and, cheaply, how much is waiting.

import type { Instant } from "../kernel/index.ts";
import { Ledger } from "./commit.ts";
import { MIGRATION_COUNT } from "./migrations/migrate.ts";

/** The database's answer. */
interface StoreState {
  /** Its present time, ms since the epoch. */
  readonly at: Instant;
  /** Version of its schema, and the one that this outdial works with. */
  readonly schemaVersion: number;
  readonly wantedVersion: number;
}

/**
 * A condition that people must know about and that all processes on the database share: of the database, or what stopped jobs are
 * waiting for. It ends when its cause ends.
 */
export interface StoreCondition {
  readonly name:
    | "audit_set_back"
    | "store_full"
    | "lake_unavailable"
    | "receiver_unavailable"
    | "other_tenant"
    | "token_refused"
    | "replicas_differ";
  readonly message: string;
  readonly advice: string;
  /** ms since the epoch. */
  readonly since: Instant;
}

/** Jobs that have not ended, by kind and status. */
interface OpenJobs {
  readonly kind: string;
  readonly status: string;
  readonly count: number;
  /** Age of the oldest of them, ms. */
  readonly oldestMs: number;
}

/** Frequent queries; each is answered from an index. */
export class StoreHealth extends Ledger {
  readonly #noted = new Map<string, readonly StoreCondition[]>();

  /** Sets what a search has just found: what jobs are waiting for, or what is wrong with the processes on the database. */
  note(by: "jobs" | "replicas", found: readonly StoreCondition[]): void {
    this.#noted.set(by, found);
  }

  /** Rejects with StoreError `store_unavailable` when there is no answer. */
  async state(): Promise<StoreState> {
    const [row] = await this.store.query<{ at: number; version: number }>(
      "select clock_timestamp() as at, (select coalesce(max(version), 0)::int from outdial.migrations) as version",
    );
    return { at: row?.at ?? 0, schemaVersion: row?.version ?? 0, wantedVersion: MIGRATION_COUNT };
  }

  /** Number of places of audit heads that could not be compared at the last look. Makes no request. */
  unseenHeads(): number {
    return this.store.hold.unseen.size;
  }

  /** What the database has no room for, while it has none. Makes no request. */
  get shortage(): { readonly message: string } | undefined {
    return this.store.shortage;
  }

  /** Whether a shortage is over, or there is room; see `Database.lookForRoom`. */
  lookForRoom(unasked = false): Promise<boolean | undefined> {
    return this.store.lookForRoom(unasked);
  }

  /** The present conditions, as this process knows them. Makes no request. */
  conditions(): readonly StoreCondition[] {
    const { conflicts, displaced } = this.store.hold;
    const other: readonly StoreCondition[] =
      displaced === undefined
        ? []
        : [
            {
              name: "other_tenant",
              message: `${displaced.error.message}. Only pauses and stops are sent, and nothing new is started`,
              advice:
                "If the store was bound to another tenant on purpose, stop this service and give it another store. Otherwise bind the store again: outdial context rebind.",
              since: displaced.foundAt,
            },
          ];
    const setBack = conflicts.map(({ message, foundAt }) => ({
      name: "audit_set_back" as const,
      message: `the database was set back or replaced: ${message}. Nothing new is started on it`,
      advice: "Restore the right database, or accept this one: outdial audit accept-head --reason TEXT.",
      since: foundAt,
    }));
    const full = this.store.shortage;
    const noted = [...this.#noted.values()].flat();
    if (full === undefined) return [...other, ...setBack, ...noted];
    const message = `${full.message}; what it stopped goes on when there is room`;
    return [
      ...other,
      ...setBack,
      { name: "store_full", message, advice: "Make room on the database server (disk, memory).", since: full.since },
      ...noted,
    ];
  }

  openJobs(): Promise<OpenJobs[]> {
    return this.store.query<OpenJobs>(
      `select kind, status, count(*)::int as count, (extract(epoch from $1::timestamptz - min(created_at)) * 1000)::float8 as "oldestMs"
       from outdial.jobs where status in ('planning', 'ready', 'running') group by kind, status order by kind, status`,
      [new Date(this.store.now())],
    );
  }
}
