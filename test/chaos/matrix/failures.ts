// What fails in the matrix: a service process, its database, or the tenant. Each says when it is seen to have struck, and is mended afterwards.

import pg from "pg";
import { expect } from "vitest";
import { until } from "../../support/until.ts";
import type { Begun } from "./operations.ts";
import type { Service, Setting } from "./setting.ts";

export interface Failure {
  readonly name: string;
  /** Services that run when the operation begins; one by default. */
  readonly services?: number;
  /** It is the tenant that fails. */
  readonly isTenants?: boolean;
  /** It is the clock that is wrong. */
  readonly isClocks?: boolean;
  /** Fails, and is mended. The operation is held up until it has struck. */
  strike(setting: Setting, begun: Begun): Promise<void>;
}

const DATABASE = "current_database()";
/** Every other connection to the database. */
const OTHERS = `pid <> pg_backend_pid() and datname = ${DATABASE} and backend_type = 'client backend'`;

async function firstOf({ services }: Setting): Promise<Service> {
  const [service] = services;
  if (service === undefined) throw new Error("no service runs");
  return service;
}

interface Ready {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

async function readiness(service: Service): Promise<Ready> {
  return (await (await fetch(`${service.url}/readyz`)).json()) as Ready;
}

/** The service says so itself, and stays alive meanwhile. */
async function toldAs(setting: Setting, check: string): Promise<void> {
  const service = await firstOf(setting);
  await until(async () => (await readiness(service)).checks.some(({ name, ok }) => name === check && !ok));
  expect((await fetch(`${service.url}/livez`)).status).toBe(200);
}

/** Ends every connection to the database but the test's own. */
const endAll = (setting: Setting) =>
  setting.admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${OTHERS}`);

/** The database as it is named in a statement. */
async function named({ admin }: Setting): Promise<string> {
  const { rows } = await admin.query<{ name: string }>(`select quote_ident(${DATABASE}) as name`);
  return rows[0]?.name ?? "";
}

const TABLES = "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('outdial', 'dbos')";

async function eachTable(setting: Setting, statement: (table: string) => string): Promise<void> {
  const { rows } = await setting.admin.query<{ name: string }>(TABLES);
  for (const { name } of rows) await setting.admin.query(statement(name));
}

/** Who holds it: the process of the job, the pair or the change, or the first one where nobody can be named. */
async function ownerOf(setting: Setting): Promise<Service> {
  const { rows } = await setting.admin.query<{ pid: number }>(
    `select pid from outdial.replicas where id in (select executor from outdial.jobs where finished_at is null
     union select executor from outdial.failover_pairs union select executor from outdial.state_intents where outcome is null)`,
  );
  const owner = setting.services.find(({ running }) => running.child.pid === rows[0]?.pid);
  return owner ?? firstOf(setting);
}

/** A process that does nothing until the other one has ended what it was at, and then goes on where it was. */
const sleptThrough = (name: string, hold: (setting: Setting, owner: Service) => Promise<() => Promise<void>>): Failure => ({
  name,
  services: 2,
  async strike(setting, begun) {
    const owner = await ownerOf(setting);
    const wake = await hold(setting, owner);
    // The other one answers what is asked from now on.
    const services = setting.services as Service[];
    services.push(...services.splice(services.indexOf(owner), 1));
    begun.letGo();
    await until(() => begun.isOver());
    await begun.undo?.();
    await wake();
    const { pid } = owner.running.child;
    // What it had under way is sent or given up by its second beat.
    for (let beats = 0; beats < 2; beats++) {
      const { rows } = await setting.admin.query<{ now: Date }>("select clock_timestamp() as now");
      const beat = "select 1 from outdial.replicas where pid = $1 and heartbeat_at > $2";
      await until(async () => (await setting.admin.query(beat, [pid, rows[0]?.now])).rows.length > 0);
    }
  },
});

const HOURS_MS = 7_200_000;

/** The clock of its only service is wrong until it is seen, and is set right then. */
const jumping = (name: string, jumpMs: number): Failure => ({
  name,
  isClocks: true,
  async strike(setting) {
    const service = await firstOf(setting);
    const mend = await setting.trouble(service, { jumpMs });
    await toldAs(setting, "clock");
    await mend();
    await until(async () => (await readiness(service)).ready);
  },
});

export const FAILURES: readonly Failure[] = [
  {
    name: "its service is killed, and another one is there",
    services: 2,
    async strike(setting) {
      await setting.kill(await ownerOf(setting));
    },
  },
  {
    name: "the only service is killed, and started again",
    async strike(setting) {
      await setting.kill(await firstOf(setting));
      await setting.serve();
    },
  },
  sleptThrough("its service is frozen until the other one has ended it, and wakes", async (_, { running: { child } }) => {
    child.kill("SIGSTOP");
    return async () => void child.kill("SIGCONT");
  }),
  sleptThrough("the thread of its service is held up until the other one has ended it", (setting, owner) =>
    setting.trouble(owner, { stall: true }),
  ),
  jumping("the clock of its service is set forward by two hours", HOURS_MS),
  jumping("the clock of its service is set back by two hours", -HOURS_MS),
  {
    name: "the database is away",
    async strike(setting) {
      setting.toDatabase.pull();
      await toldAs(setting, "store");
      setting.toDatabase.putBack();
    },
  },
  {
    name: "the database says nothing",
    async strike(setting) {
      setting.toDatabase.silence();
      await toldAs(setting, "store");
      setting.toDatabase.pull();
      setting.toDatabase.putBack();
    },
  },
  {
    name: "every connection to the database is ended, one by one, three times",
    async strike(setting) {
      for (let round = 0; round < 3; round++) {
        const { rows } = await setting.admin.query<{ pid: number }>(`select pid from pg_stat_activity where ${OTHERS}`);
        for (const { pid } of rows) await setting.admin.query("select pg_terminate_backend($1, 1000)", [pid]);
      }
    },
  },
  {
    name: "the database takes no connections",
    async strike(setting) {
      const name = await named(setting);
      // Nobody can close the database that they are in.
      const url = new URL(setting.world.databaseUrl);
      url.pathname = "/postgres";
      const beside = new pg.Client({ connectionString: url.href });
      await beside.connect();
      await using _ended = { [Symbol.asyncDispose]: () => beside.end() };
      await beside.query(`alter database ${name} with allow_connections false`);
      await endAll(setting);
      await toldAs(setting, "store");
      await beside.query(`alter database ${name} with allow_connections true`);
    },
  },
  {
    name: "the database is read-only",
    async strike(setting) {
      const name = await named(setting);
      await setting.admin.query(`alter database ${name} set default_transaction_read_only = on`);
      await endAll(setting);
      await toldAs(setting, "heartbeat");
      await setting.admin.query(`set default_transaction_read_only = off`);
      await setting.admin.query(`alter database ${name} reset default_transaction_read_only`);
      await endAll(setting);
    },
  },
  {
    name: "the database has no room",
    async strike(setting) {
      await setting.admin.query(
        `create function outdial.refuse() returns trigger language plpgsql as
         $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
      );
      await eachTable(
        setting,
        (table) =>
          `create trigger full_disk before insert or update on ${table} for each statement execute function outdial.refuse()`,
      );
      await toldAs(setting, "room");
      await eachTable(setting, (table) => `drop trigger full_disk on ${table}`);
      await setting.admin.query("drop function outdial.refuse()");
    },
  },
  {
    name: "the tenant is away",
    isTenants: true,
    async strike(setting, begun) {
      setting.toTenant.pull();
      begun.letGo();
      const before = setting.toTenant.refused();
      await until(() => setting.toTenant.refused() > before + 2);
      setting.toTenant.putBack();
    },
  },
];
