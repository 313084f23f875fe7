// Heartbeats: which processes work on this database, and which have fallen silent. All times are the database's, never a host's.

import { Ledger } from "./commit.ts";

/** A process that works on the database. */
export interface ReplicaBeat {
  /** The executor id that its work is filed under. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** Promised time between beats, ms. */
  readonly intervalMs: number;
  /** Scopes of the jobs that it takes from others; none for a command line. */
  readonly scopes: readonly string[];
}

/** A replica as others see it. */
export interface Replica extends ReplicaBeat {
  /** Time since its last beat, ms. */
  readonly silentMs: number;
}

const COLUMNS = `id, pid, host, interval_ms as "intervalMs", scopes,
  (extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8 as "silentMs"`;

/** The table of heartbeats. */
export class Replicas extends Ledger {
  /** Says that a replica is alive. */
  async beat(replica: ReplicaBeat): Promise<void> {
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

  /** Takes those off the list that have been silent for an hour: commands that were killed, which nobody adopts when they had no job. */
  async sweep(): Promise<void> {
    await this.store.query("delete from outdial.replicas where heartbeat_at < clock_timestamp() - interval '1 hour'");
  }

  /** Takes a replica off the list: it said goodbye, or its work was adopted. False when it was not there: another one was first. */
  async remove(id: string): Promise<boolean> {
    return (await this.store.query("delete from outdial.replicas where id = $1 returning 1", [id])).length === 1;
  }
}
