// Heartbeats: which processes work on this database, and which have stopped sending. All times are the database's.

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
}

/** A replica and its last beat. */
export interface Replica extends ReplicaBeat {
  /** Time since its last beat, ms. */
  readonly silentMs: number;
}

const COLUMNS = `id, pid, host, interval_ms as "intervalMs", scopes,
  (extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8 as "silentMs"`;

/** The table of heartbeats. */
export class Replicas extends Ledger {
  /** Records that a replica is alive; looks whether there is room again when there was none. */
  async beat(replica: ReplicaBeat): Promise<void> {
    // Beside the beat: looking may take longer than a beat that is in time.
    void this.store.lookForRoom();
    await this.store.query(
      `insert into outdial.replicas (id, pid, host, interval_ms, scopes, started_at, heartbeat_at) values ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp())
       on conflict (id) do update set pid = excluded.pid, host = excluded.host, interval_ms = excluded.interval_ms, heartbeat_at = excluded.heartbeat_at`,
      [replica.id, replica.pid, replica.host, replica.intervalMs, replica.scopes],
    );
  }

  /** All replicas. */
  list(): Promise<Replica[]> {
    return this.store.query<Replica>(`select ${COLUMNS} from outdial.replicas order by id`);
  }

  /** Removes replicas that have been silent for an hour: killed commands without a job, which nobody takes over. */
  async sweep(): Promise<void> {
    await this.store.query("delete from outdial.replicas where heartbeat_at < clock_timestamp() - interval '1 hour'");
  }

  /** Removes a replica that ended, or whose work was taken over. False when it was not in the list: another process was first. */
  async remove(id: string): Promise<boolean> {
    return (await this.store.query("delete from outdial.replicas where id = $1 returning 1", [id])).length === 1;
  }
}
