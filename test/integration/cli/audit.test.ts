// outdial audit proof and verify-proof: an entry's proof leaves the store and is checked where there is none.

import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../../src/store/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { manualClock } from "../../support/store.ts";

test("a proof is made in one folder and checked in another with the public key alone; a changed one is not proved", async () => {
  const database = await createDatabase();
  await using folder = await workFolder();
  await using elsewhere = await workFolder();
  try {
    const store = await openStore({ url: database.url, dir: join(folder.path, ".outdial"), clock: manualClock() });
    await store.audit.append(
      ["a", "b", "c"].map((subject) => ({ actor: "tester", action: "note", subject, details: { subject } })),
    );
    await store.close();
    const env = { DATABASE_URL: database.url };

    const proof = await runCli(["audit", "proof", "1"], { cwd: folder.path, env });
    expect(proof).toMatchObject({ code: 0, stderr: "" });
    await writeFile(join(elsewhere.path, "proof.json"), proof.stdout);
    await copyFile(join(folder.path, ".outdial", "audit.pub"), join(elsewhere.path, "audit.pub"));

    const verify = (file: string, ...more: string[]) =>
      runCli(["audit", "verify-proof", file, "--key", "audit.pub", ...more], { cwd: elsewhere.path });
    const proved = await verify("proof.json");
    expect(proved.code).toBe(0);
    expect(proved.stdout).toMatch(
      /^proved: entry 1 is in the log of 3 entries signed by outdial.*\n {2}\S+ {2}tester {2}note {2}b\n$/,
    );

    const changed = (await readFile(join(elsewhere.path, "proof.json"), "utf8")).replace('"subject":"b"', '"subject":"x"');
    await writeFile(join(elsewhere.path, "changed.json"), changed);
    const refused = await verify("changed.json", "--json");
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      ok: false,
      message: expect.stringContaining("entry 1 is not in the log") as string,
    });

    await writeFile(join(elsewhere.path, "text"), "no proof");
    expect(await verify("text")).toMatchObject({ code: 2, stderr: expect.stringContaining("text: not JSON") as string });
    expect(await verify("missing.json")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("cannot read the proof missing.json") as string,
    });

    const beyond = await runCli(["audit", "proof", "3"], { cwd: folder.path, env });
    expect(beyond.stderr).toContain("the audit log has no entry 3");
    expect(beyond.code).not.toBe(0);
  } finally {
    await database.dispose();
  }
});
