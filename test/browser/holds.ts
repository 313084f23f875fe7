// Holding the machines of a service in their phases: who writes that a phase has been left waits at the database until the test lets it go.
// The machines themselves are the real ones, at work in the service against the tenant; phases that last milliseconds last as long as a page is looked at.

import pg from "pg";
import { until } from "../support/until.ts";

/** Where each machine keeps its phase. */
const MACHINES = {
  pair: { table: "failover_pairs", phase: "phase", key: "primary_id" },
  settings: { table: "dialer_changes", phase: "phase", key: "job_id" },
  apply: { table: "campaign_applies", phase: "phase", key: "job_id" },
  job: { table: "jobs", phase: "status", key: "id" },
} as const;
type Machine = keyof typeof MACHINES;

const HOLD = `create function hold_phase() returns trigger language plpgsql as $$
declare before text := to_jsonb(old) ->> tg_argv[0];
begin
  if before is distinct from to_jsonb(new) ->> tg_argv[0] then
    perform pg_advisory_xact_lock_shared(hashtext(tg_argv[1]), hashtext(before));
  end if;
  return new;
end $$`;

export interface Holds extends AsyncDisposable {
  /** From now on a machine does not leave these phases. */
  hold(machine: Machine, phases: readonly string[]): Promise<void>;
  /** Lets a machine leave a phase that is held, and holds it again. @returns the phase that it has come to */
  next(machine: Machine, id: string): Promise<string>;
  /** Nothing is held any more. */
  free(): Promise<void>;
  phaseOf(machine: Machine, id: string): Promise<string>;
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export async function openHolds(databaseUrl: string): Promise<Holds> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(HOLD);
  for (const [machine, { table, phase }] of Object.entries(MACHINES))
    await client.query(
      `create trigger hold_phase before update on outdial.${table} for each row execute function hold_phase('${phase}', '${machine}')`,
    );
  const query = async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...values])).rows;
  const lock = (machine: Machine, phase: string) =>
    query("select pg_advisory_lock(hashtext($1), hashtext($2))", [machine, phase]);
  const phaseOf = async (machine: Machine, id: string) => {
    const { table, phase, key } = MACHINES[machine];
    const [row] = await query<{ phase: string }>(`select ${phase} as phase from outdial.${table} where ${key} = $1`, [id]);
    return row?.phase ?? "";
  };
  return {
    query,
    phaseOf,
    async hold(machine, phases) {
      for (const phase of phases) await lock(machine, phase);
    },
    async next(machine, id) {
      const phase = await phaseOf(machine, id);
      await query("select pg_advisory_unlock(hashtext($1), hashtext($2))", [machine, phase]);
      await until(async () => (await phaseOf(machine, id)) !== phase);
      await lock(machine, phase);
      return phaseOf(machine, id);
    },
    free: async () => void (await query("select pg_advisory_unlock_all()")),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
