// A store of each schema that was released is kept as a small dump (test/data/stores), and is brought up to date here: it then has the schema that a new
// database gets, everything that it held, and does its work. `npm run dump:store` writes the dump of the present schema.

import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { expect, test } from "vitest";
import { MIGRATION_COUNT } from "../../../src/store/index.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { runCli } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { OLDEST } from "../../support/other-postgres.ts";
import { startService } from "../../support/service.ts";
import { startWorld } from "../../support/world.ts";

const STORES = fileURLToPath(new URL("../../data/stores", import.meta.url));
const PRESENT = join(STORES, `${MIGRATION_COUNT}.sql`);
const KEY = join(STORES, "audit.key");

/** The first schema that removes what has lived long enough. */
const WITH_LIVES = 3;

const MEND = `If the schema is only what a version before the first release had, write its dump again: npm run dump:store.
If it was released, leave its steps and its dump as they are: add a step at the end of MIGRATIONS (src/store/migrations/migrate.ts) and run npm run dump:store.`;

/** When what a dump holds was done, as far as it goes by outdial's clock. */
const THEN = Date.UTC(2026, 5, 16, 15);

const { clients: _, ...scenario } = callsScenario(20);
const examples = (name: string) => fileURLToPath(new URL(`../../../examples/compliance/${name}`, import.meta.url));

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Everything in the schema `outdial` by its definition, in the words of the server. Tables of registry files come and go at work. */
const DEFINITIONS = `
  with own as (select oid, relname, relkind, reloptions from pg_class
    where relnamespace = 'outdial'::regnamespace and relname !~ '^registry_(blocks|changes)_[0-9]')
  select kind || ' ' || name as name, definition from (
    select 'table' as kind, relname as name, concat_ws(' ', relkind, array_to_string(reloptions, ',')) as definition from own where relkind in ('r', 'p', 'v', 'S')
    union all select 'column', relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), attidentity,
        case when attnotnull then 'not null' end, pg_get_expr(adbin, adrelid), attcollation::regcollation)
      from own join pg_attribute on attrelid = own.oid and attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v')
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
    union all select 'constraint', relname || '.' || conname, pg_get_constraintdef(c.oid) from own join pg_constraint c on conrelid = own.oid and contype <> 'n'
    union all select 'index', relname || '.' || indexrelid::regclass, pg_get_indexdef(indexrelid) from own join pg_index on indrelid = own.oid
    union all select 'trigger', relname || '.' || tgname, pg_get_triggerdef(t.oid) from own join pg_trigger t on tgrelid = own.oid and not tgisinternal
    union all select 'function', oid::regprocedure::text, pg_get_functiondef(oid) from pg_proc where pronamespace = 'outdial'::regnamespace
    union all select 'type', typname, concat_ws(' ', typtype, format_type(typbasetype, typtypmod)) from pg_type where typnamespace = 'outdial'::regnamespace and typtype in ('d', 'e')
  ) as all_of_it order by 1`;

const schemaOf = (url: string): Promise<string[]> =>
  onDatabase(url, async (client) => {
    const { rows } = await client.query<{ name: string; definition: string }>(DEFINITIONS);
    return rows.map(({ name, definition }) => `${name}: ${definition}`);
  });

/** Puts a dump of pg_dump into a new database; lines for psql alone are left out. */
async function restored(file: string) {
  const database = await createDatabase({ empty: true });
  const sql = readFileSync(file, "utf8").replaceAll(/^\\(un)?restrict .*$/gm, "");
  await onDatabase(database.url, (client) => client.query(sql));
  return database;
}

test.runIf(process.env["DUMP_STORE"])("a store of the present schema is kept as a dump", async () => {
  const database = await createDatabase({ empty: true });
  await mkdir(STORES, { recursive: true });
  if (!existsSync(KEY)) await writeFile(KEY, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
  const environment = { DATABASE_URL: database.url, OUTDIAL_AUDIT_KEY: readFileSync(KEY, "utf8") };
  await using world = await startWorld({ sandbox: { scenario, now: THEN, clock: { speed: 1 } }, environment });
  const clock = hastenedClock(THEN);
  await writeFile(join(world.folder, "calls.csv"), callsCsv(10));
  for (const line of [
    "db migrate",
    `dnc import ${examples("us-registry.txt")} --list national --covers all --as-of 2026-06-10`,
    `dnc import ${examples("own-list.csv")}`,
    `consent import ${examples("consent.csv")}`,
    `attempts import ${examples("calls.ndjson")}`,
    "dnc add +12125550123 --reason stop --reference call-7",
    `tag calls.csv --campaign ${CAMPAIGN}`,
    `campaign pause ${CAMPAIGN}`,
    "serve token add ann --role operator --days 0",
  ])
    expect([line, await world.run(line.split(" "), { clock })]).toMatchObject([line, { code: 0 }]);
  const dump = ["--no-owner", "--no-privileges", "--inserts", database.url];
  const sql = execFileSync(join(OLDEST, "pg_dump"), dump, { encoding: "utf8" });
  await writeFile(PRESENT, sql);
  await database.dispose();
});

test("the present schema has a dump, and is the one that the dump has", async () => {
  expect(existsSync(PRESENT), `${PRESENT} is missing. ${MEND}`).toBe(true);
  const fresh = await createDatabase();
  const kept = await restored(PRESENT);
  expect(await schemaOf(kept.url), `The schema is not that of ${PRESENT}. ${MEND}`).toEqual(await schemaOf(fresh.url));
  await kept.dispose();
  await fresh.dispose();
});

const dumps = existsSync(STORES) ? readdirSync(STORES).filter((name) => /^\d+\.sql$/.test(name)) : [];
test.each(dumps)("the store of %s is brought up to date, holds what it held, and does its work", async (name) => {
  const database = await restored(join(STORES, name));
  const environment = { DATABASE_URL: database.url, OUTDIAL_AUDIT_KEY: readFileSync(KEY, "utf8") };
  // A dump that knows of lives grows older than what is kept by default; one from before them begins to remove a week after its update.
  const yaml = Number.parseInt(name, 10) >= WITH_LIVES ? "kept: { jobs: 3653d }" : "";
  await using service = await startService({ environment, yaml, sandbox: { scenario } });
  const json = async (line: string) => {
    const { stdout } = await runCli([...line.split(" "), "--json"], { cwd: dirname(service.dir), env: service.environment });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const fresh = await createDatabase();
  expect(await schemaOf(database.url)).toEqual(await schemaOf(fresh.url));
  await fresh.dispose();
  expect(await json("db status")).toMatchObject({ outdial: { found: MIGRATION_COUNT }, isReady: true });

  expect(await json("jobs list")).toMatchObject({ items: [{ kind: "tag", status: "done", counts: { tagged: 10 } }] });
  expect(await json("dnc show +12125550123")).toMatchObject({
    checkedAgainst: [{ registry: "US", asOf: "2026-06-10" }],
    history: [{ code: "stop", reference: "call-7" }],
  });
  expect(await json("dnc show +12125550150")).toMatchObject({ registries: ["US"] });
  expect((await json("serve token list"))["items"]).toContainEqual(expect.objectContaining({ name: "ann", role: "operator" }));
  expect(await json("audit verify")).toMatchObject({ ok: true });

  const headers = { "content-type": "text/csv" };
  const sent = await service.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(5, "", 11) });
  const { job } = (await sent.json()) as { job: { id: string } };
  expect(await service.ended(job.id)).toMatchObject({ status: "done" });
  expect(await json("audit verify")).toMatchObject({ ok: true });
  await database.dispose();
});
