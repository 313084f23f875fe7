// docs/backup.md, command by command: a dump while a service works, restored beside, what the audit says of it, and what happened since.

import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { fencesOf } from "../../support/documents.ts";
import { hasOldestTools, OLDEST, startOtherPostgres } from "../../support/other-postgres.ts";
import { readPage } from "../../support/shell.ts";
import { until } from "../../support/until.ts";
import { startServe, startWorld } from "../../support/world.ts";

const keyOf = () => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const RECIPE = fencesOf(readFileSync(new URL("../../../docs/database.md", import.meta.url), "utf8"))
  .filter(({ language }) => language === "sql")
  .map(({ text }) => text)
  .join("\n");

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe.skipIf(!hasOldestTools())("docs/backup.md", () => {
  test("a dump while a service works, restored beside, looked at, brought up to what happened since, and taken", async () => {
    await using server = await startOtherPostgres(OLDEST, { fsync: "off" });
    await using folder = await workFolder();
    const address = new URL(server.url);
    const of = (role: string, database: string) => `postgres://${role}@${address.host}/${database}`;
    await ask(server.url, "create database outdial template template0");
    await ask(of("outdial", "outdial"), RECIPE);
    const heads = join(folder.path, "heads");
    await mkdir(heads);
    const key = keyOf();
    await writeFile(join(folder.path, "audit.key"), key);
    const migrate = { cwd: folder.path, env: { DATABASE_URL: of("outdial_owner", "outdial") } };
    expect(await runCli(["db", "migrate"], migrate)).toMatchObject({ code: 0 });

    const { clients: _, ...scenario } = callsScenario(100);
    await using world = await startWorld({
      environment: { DATABASE_URL: of("outdial_service", "outdial"), OUTDIAL_AUDIT_KEY: key },
      yaml: `audit: { heads: [{ folder: "${heads}" }] }\n`,
      sandbox: { scenario },
    });
    const { control } = world.sandbox;
    const { CXONE_CLIENT_ID, CXONE_CLIENT_SECRET, OUTDIAL_TENANT_URL, OUTDIAL_CONFIG } = world.environment;
    const tokenOf = async (name: string) =>
      (JSON.parse((await world.run(["serve", "token", "add", name, "--role", "operator", "--json"])).stdout) as { token: string })
        .token;
    const [olga, oscar] = [await tokenOf("olga"), await tokenOf("oscar")];
    const first = startServe(world);
    const stands: Record<string, string> = { "db.example:5432": address.host };
    const page = await readPage(
      "docs/backup.md",
      folder.path,
      {
        CXONE_CLIENT_ID,
        CXONE_CLIENT_SECRET,
        OUTDIAL_TENANT_URL,
        OUTDIAL_CONFIG,
        PGHOST: address.hostname,
        PGPORT: address.port,
        PGUSER: "outdial",
        PATH: `${OLDEST}:${process.env["PATH"]}`,
        OUTDIAL_AUDIT_KEY_FILE: join(folder.path, "audit.key"),
        OUTDIAL_DIR: join(folder.path, "keys"),
      },
      stands,
    );
    const api = async (url: string, path: string, init: RequestInit = {}, token = olga) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "text/csv" };
      const response = await fetch(`${url}/api/v1${path}`, { ...init, headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const tag = async (url: string, csv: string) => {
      const { body } = await api(url, `/campaigns/${CAMPAIGN}/tags`, { method: "POST", body: csv });
      return (body["job"] as { id: string }).id;
    };
    const done = (url: string, job: string) => until(async () => (await api(url, `/jobs/${job}`)).body["status"] === "done");

    // The tenant answers the first twenty rows, and the others only after the dump.
    control.faults.add({ match: { operation: "assignDisposition" }, after: 20, effect: { delayMs: 3_600_000 } });
    const url = await first.url;
    const underWay = await tag(url, callsCsv(50));
    await until(async () => control.requests({ operation: "assignDisposition" }).length >= 20);
    expect((await api(url, `/jobs/${underWay}`)).body).toMatchObject({ status: "running" });
    const persons = of("outdial", "outdial");
    await ask(persons, "insert into outdial.attention (key, note, updated_at) values ('k', 'call back (212) 555-0166', now())");
    await page.next();
    control.faults.clear();
    await control.advance(3_600);
    await done(url, underWay);

    // Since the dump: an opt-out, a token that is revoked, a person who is erased, another job.
    const erased = await world.run(["data", "erase", "+12125550166", "--reason", "asked for it", "--yes", "--json"]);
    expect(erased).toMatchObject({ code: 0 });
    const { id } = JSON.parse(erased.stdout) as { id: string };
    expect(await ask(persons, "select note from outdial.attention")).toEqual([{ note: `call back ${id}` }]);
    expect(await world.run(["dnc", "add", "+12125550123", "--reason", "said stop"])).toMatchObject({ code: 0 });
    expect(await world.run(["serve", "token", "revoke", "oscar"])).toMatchObject({ code: 0 });
    await done(url, await tag(url, callsCsv(10, "", 51)));
    first.running.child.kill("SIGTERM");
    expect(await first.running.ended).toMatchObject({ code: 0 });

    await page.next();
    const seen = await page.next(1);
    const there = /the log ends at (\d+) entries/.exec(seen)?.[1] ?? "";
    const last = String(Number(there) - 1);
    stands["--after 20"] = `--after ${last}`;
    await page.next();
    const since = readFileSync(join(folder.path, "since.txt"), "utf8");
    expect(since).toMatch(/dnc.suppress {2}\+12125550123/);
    expect(since).toMatch(/token.revoke {2}oscar/);
    expect(since).not.toContain("campaign.stop");

    // Before a person has accepted it: the revoked token is valid again, and nothing new is begun.
    await using late = await startWorld({ environment: world.environment });
    const second = startServe(late);
    const again = await second.url;
    expect((await api(again, "/me", {}, oscar)).status).toBe(200);
    expect((await api(again, `/campaigns/${CAMPAIGN}/tags`, { method: "POST", body: callsCsv(1, "", 61) })).body).toMatchObject({
      code: "audit_set_back",
    });
    await writeFile(join(folder.path, "own-list.csv"), "+12125550177\n");
    await page.next();
    await until(async () => (await api(again, "/me", {}, oscar)).status === 401);
    expect(await ask(persons, "select note from outdial.attention")).toEqual([{ note: `call back ${id}` }]);
    expect(await ask(persons, "select id from outdial.erasures where ended_at is not null")).toEqual([{ id }]);
    // The job that was under way at the dump is done by the service, and the stop is known to it.
    await done(again, underWay);
    const { stdout: after } = await world.run(["audit", "list", "--after", last, "--limit", "1000"]);
    expect(after).toMatch(/campaign.stop {2}stop_\S+ {2}.*"reason":"the database is restored"/);
    expect(after).toMatch(/dnc.suppress {2}\+12125550123/);
    expect(after).toContain("audit.accept-head");
    second.running.child.kill("SIGTERM");
    expect(await second.running.ended).toMatchObject({ code: 0 });

    // The key: another one is refused, and changes nothing for those who have the right one.
    await page.next();
    await page.next(1);
    expect(await world.run(["audit", "verify"])).toMatchObject({ code: 0 });

    // A store of its own folder, without a database server: copied, and taken back.
    const own = { cwd: join(folder.path, "own"), env: { OUTDIAL_DIR: join(folder.path, "own/.outdial") } };
    await mkdir(own.cwd);
    expect(await runCli(["init"], own)).toMatchObject({ code: 0 });
    expect(await runCli(["dnc", "add", "+12125550123", "--reason", "said stop"], own)).toMatchObject({ code: 0 });
    const pack = page.file("sh");
    await promisify(execFile)("bash", ["-euc", pack], { cwd: own.cwd });
    await rm(join(own.cwd, ".outdial"), { recursive: true });
    await promisify(execFile)("tar", ["--extract", "--file=outdial.tar.gz"], { cwd: own.cwd });
    const back = await runCli(["dnc", "show", "+12125550123", "--json"], own);
    expect(JSON.parse(back.stdout)).toMatchObject({ history: [{ code: "said stop" }] });

    // The upgrade, by the role that owns the tables.
    await page.next();
    expect(page.rest()).toEqual([]);
  });
});
