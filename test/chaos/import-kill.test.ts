// An import killed in the middle: what was written counts and is named, reading the file again adds the rest, and nothing is in twice.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { runCli, startCli, workFolder } from "../support/cli.ts";
import { createDatabase } from "../support/database.ts";
import { scaled } from "../support/scale.ts";
import { until } from "../support/until.ts";

/** Batches of this many lines are written as they are read. */
const BATCH = 5000;
/** Batches that are written when the kill comes. */
const BATCHES = scaled(2, 1);
const LINES = BATCHES * BATCH + 2000;

test.each([
  ["attempts", ["attempts", "import"], "number,at,call_id", (n: number) => `+1212${5_550_000 + n},2026-02-01T12:00:00Z,c${n}`],
  ["the company's list", ["dnc", "import"], "number,reference", (n: number) => `+1212${5_550_000 + n},ticket-${n}`],
  [
    "revocations",
    ["consent", "import"],
    "number,level,given_at,revoked_at",
    (n: number) => `+1212${5_550_000 + n},none,2026-01-01,2026-02-01`,
  ],
])("an import of %s that was killed is done by reading the file again", async (_, command, header, line) => {
  const database = await createDatabase();
  await using folder = await workFolder();
  const options = { cwd: folder.path, env: { DATABASE_URL: database.url } };
  const lines = Array.from({ length: LINES }, (_, n) => line(n));
  // Refused lines are told in their turn: when this one is, these batches have been written. The lines behind it are there because a reader of
  // CSV looks ahead; they are too few to be written.
  const refused = line(0).replace(/^[^,]*/, "nobody");
  const begun = [header, ...lines.slice(0, BATCHES * BATCH), refused, ...lines.slice(0, 100)];
  const running = startCli([...command, "-"], { ...options, openInput: true, input: `${begun.join("\n")}\n` });
  await until(() => running.stderr().includes("nobody"));
  running.child.kill("SIGKILL");
  expect(await running.ended).toMatchObject({ signal: "SIGKILL" });

  await writeFile(join(folder.path, "whole.csv"), `${[header, ...lines].join("\n")}\n`);
  const again = async () => {
    const { stdout, code } = await runCli([...command, "whole.csv", "--json"], options);
    return { code, ...(JSON.parse(stdout) as { added: number; known: number; refused: number }) };
  };
  const rest = LINES - BATCHES * BATCH;
  // Nothing has been heard of it for a while: whoever looks next names it.
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("update outdial.fact_imports set beat_at = beat_at - interval '1 minute'");
  await client.end();
  const broken = async () => {
    const { stdout } = await runCli(["compliance", "imports", "--broken-off", "--json"], options);
    return (JSON.parse(stdout) as { items: { inForce: object }[] }).items;
  };
  const [named] = await broken();
  expect(named).toMatchObject({ state: "broken-off", source: "stdin" });
  expect(new Set(Object.values(named?.inForce ?? {}))).toEqual(new Set([BATCHES * BATCH]));
  expect(await again()).toMatchObject({ code: 0, added: rest, known: BATCHES * BATCH, refused: 0 });
  expect(await again()).toMatchObject({ code: 0, added: 0, known: LINES });
  // That was another file, as its first bytes say. The same one again brings nothing that was not there, and then nothing is left of it.
  expect(await broken()).toHaveLength(1);
  await writeFile(join(folder.path, "begun.csv"), `${begun.join("\n")}\n`);
  expect((await runCli([...command, "begun.csv", "--refused", "refused.ndjson"], options)).code).toBe(4);
  expect(await broken()).toEqual([]);
  expect(await runCli(["audit", "verify"], options)).toMatchObject({ code: 0 });
  await database.dispose();
});
