// `outdial data find` lists every place that has a person, whatever form the number has there, and none that has not.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import { openLake } from "../../../src/outcomes/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { openTestStore } from "../../support/store.ts";

const NUMBER = "+12125550123";
const FORMS = [
  "+12125550123",
  "12125550123",
  "2125550123",
  "(212) 555-0123",
  "+1 212 555 0123",
  "212.555.0123",
  "1-212-555-0123",
];
/** Numbers that are not it, and digits that are no number. */
const OTHERS = ["+12125550124", "22125550123", "21255501234", "2125550123456", "+442125550123"];

test("each place is found by each form of the number and by the ids of its calls, and nothing else is", async () => {
  const world = await openTestStore();
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  await using folder = await workFolder();
  const dir = join(folder.path, ".outdial");
  const env = { DATABASE_URL: world.url, OUTDIAL_DIR: dir };
  const find = async (number = NUMBER) => {
    const { code, stdout } = await runCli(["data", "find", number, "--json"], { cwd: folder.path, env });
    expect([code, stdout]).toEqual([0, expect.not.stringMatching(/212.{0,3}555.{0,2}0123/)]);
    const { items } = JSON.parse(stdout) as { items: { name: string; rows: number; calls: number; kept: string }[] };
    return Object.fromEntries(items.map(({ name, rows, calls }) => [name, [rows, calls]]));
  };
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, "audit.key"), await readFile(join(world.dir, "audit.key")));
    expect(await find()).toEqual({});

    const at = "now()";
    const job = (id: string, source: string) =>
      client.query(
        `insert into outdial.jobs (id, kind, source_name, content_hash, options, actor, status, created_at) values ($1, 'tag', $2, 'h', '{}', 'ops', 'done', ${at})`,
        [id, source],
      );
    for (const [n, form] of FORMS.entries()) await job(`own-${n}`, `calls of ${form}.csv`);
    for (const [n, form] of OTHERS.entries()) await job(`other-${n}`, `calls of ${form}.csv`);
    expect(await find()).toEqual({ "outdial.jobs": [FORMS.length, 0] });
    expect(await find("+12125550199")).toEqual({});

    await client.query(`insert into outdial.attempts values (12125550123, ${at}, 'attempt', 's', 'c', 'call-9.a', null)`);
    await client.query(
      `insert into outdial.job_chunks (job_id, chunk_no, first_line, last_line, payload) values
         ('own-0', 0, 1, 1, 'call_id,code' || chr(10) || 'call-9.a,101'), ('own-0', 1, 2, 2, 'call-9xa,101'), ('own-0', 2, 3, 3, 'call-9.ab,101')`,
    );
    await client.query(
      `insert into outdial.outbox (event_id, endpoint, subject, type, body, created_at) values ('e', 'bi', 'call-9.a', 'T', '{"number":12125550123,"call":"call-9.a"}', ${at})`,
    );
    await client.query(`insert into outdial.attention (key, note, updated_at) values ('k', 'call back (212) 555-0123', ${at})`);
    await client.query(`insert into outdial.line_types values (12125550123, 'mobile', current_date)`);
    await client.query("create schema if not exists dbos");
    await client.query(`create table if not exists dbos.workflow_status (workflow_uuid text, inputs text)`);
    await client.query(
      `insert into dbos.workflow_status (workflow_uuid, inputs) values ('w', '[{"number":"+1 (212) 555-0123"}]')`,
    );
    await world.store.facts.addRevocations(
      [{ number: 12_125_550_123, revokedAt: world.clock.now(), reference: "ticket", channel: "call" }],
      { actor: "ann" },
    );
    await world.store.audit.append([{ actor: "ann", action: "note", subject: "s", details: { said: "212-555-0123 is home" } }]);
    const lake = openLake({
      root: join(dir, "lake"),
      catalog: world.store.lakeFiles,
      random: createRandom("find", "lake"),
      now: () => world.clock.now(),
    });
    const call = {
      campaignId: "c",
      dispositionCode: "101",
      startTime: 1,
      endTime: 2,
      durationSeconds: 0.001,
      direction: "OUTBOUND",
    };
    const of = { observedAt: 3, runId: "r" };
    const files = await lake.write(
      [
        { ...call, ...of, callId: "call-9.a" },
        { ...call, ...of, callId: "x", raw: `{"phone":"2125550123"}` },
        { ...call, ...of, callId: "y", contactId: "2125550124" },
      ],
      "n",
    );
    await world.store.lakeFiles.replace([], files);
    await lake.close();
    await mkdir(join(dir, "stops"), { recursive: true });
    await writeFile(join(dir, "stops", "one.json"), `{"reason":"${NUMBER} was called twice"}`);

    const found = await find();
    expect(found).toEqual({
      "outdial.jobs": [FORMS.length, 0],
      "outdial.job_chunks": [0, 1],
      "dbos.*": [1, 0],
      "outdial.outbox": [1, 0],
      "outdial.attempts": [1, 0],
      "outdial.revocations": [1, 0],
      "outdial.suppressions": [1, 0],
      "outdial.line_types": [1, 0],
      "outdial.audit": [expect.any(Number), 0],
      "outdial.attention": [1, 0],
      lake: [1, 1],
      stops: [1, 0],
    });
    expect(found["outdial.audit"]?.[0]).toBeGreaterThanOrEqual(1);
    // Looking leaves nothing behind.
    expect(await find()).toEqual(found);
    // A long file is read in parts, and the number may lie across two of them.
    await writeFile(join(dir, "stops", "two.json"), `${" ".repeat(65_536 - 5)}${NUMBER}`);
    expect((await find())["stops"]).toEqual([2, 0]);
    // What cannot be read may have the person.
    await rm(join(dir, "stops"), { recursive: true });
    await writeFile(join(dir, "stops"), "");
    const { code, stderr } = await runCli(["data", "find", NUMBER], { cwd: folder.path, env });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/cannot look through .*stops.*whether it has the person is not known/),
    ]);
  } finally {
    await client.end();
    await world.dispose();
  }
});
