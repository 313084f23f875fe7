// Heartbeats: which processes work on this database, and which have stopped sending. All times are the database's.

import type { Instant } from "../kernel/index.ts";
import { Ledger } from "./commit.ts";

/** A process that works on the database. */
export interface ReplicaBeat {
  /** The executor id of its work. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** Time between beats, ms. */
  readonly intervalMs: number;
  /** Scopes of the jobs that it takes over from others; empty for a command. */
  readonly scopes: readonly string[];
  /** Set while the tenant refuses its token. */
  readonly refused: { readonly since: Instant; readonly message: string } | null;
  /** Of each thing that must be the same in all of them, a digest of its own. What it does not have is left out. */
  readonly alike: Readonly<Record<string, string>>;
}

/** A replica and its last beat. */
export interface Replica extends ReplicaBeat {
  /** Time since its last beat, ms. */
  readonly silentMs: number;
}

type Beat = Omit<ReplicaBeat, "refused" | "alike"> & Partial<Pick<ReplicaBeat, "refused" | "alike">>;

const COLUMNS = `id, pid, host, interval_ms as "intervalMs", scopes, refused, alike,
  (extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8 as "silentMs"`;

/** The table of heartbeats. */
export class Replicas extends Ledger {
  /** Records that a replica is alive; looks whether there is room again when there was none. @returns the database's time */
  async beat({ id, pid, host, intervalMs, scopes, refused = null, alike = {} }: Beat): Promise<Instant> {
    // Beside the beat: looking may take longer than a beat that is in time.
    void this.store.lookForRoom();
    const [row] = await this.store.query<{ at: number }>(
      `insert into outdial.replicas (id, pid, host, interval_ms, scopes, refused, alike, started_at, heartbeat_at)
         values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), clock_timestamp())
       on conflict (id) do update set pid = excluded.pid, host = excluded.host, interval_ms = excluded.interval_ms, refused = excluded.refused,
         alike = excluded.alike, heartbeat_at = excluded.heartbeat_at
       returning extract(epoch from heartbeat_at)::float8 * 1000 as at`,
      [id, pid, host, intervalMs, scopes, refused === null ? null : JSON.stringify(refused), JSON.stringify(alike)],
    );
    return row?.at ?? Number.NaN;
  }

  /** All replicas. */
  list(): Promise<Replica[]> {
    return this.store.query<Replica>(`select ${COLUMNS} from outdial.replicas order by id`);
  }

  /** Removes a replica that ended, or whose work was taken over. False when it was not in the list: another process was first. */
  async remove(id: string): Promise<boolean> {
    return (await this.store.query("delete from outdial.replicas where id = $1 returning 1", [id])).length === 1;
  }
}
