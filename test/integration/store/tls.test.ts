// Encryption to a real server by libpq's words, and without a word of the driver on the user's terminal.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { CERTIFICATE } from "../../support/certificate.ts";
import { runCliProcess, workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { hasOldest, OLDEST, startOtherPostgres } from "../../support/other-postgres.ts";

describe.skipIf(!hasOldest())("a server whose certificate is of another name, and of an authority of its own", () => {
  test("each word does what libpq says, also for the workflow engine", async () => {
    await using server = await startOtherPostgres(OLDEST, { fsync: "off" }, CERTIFICATE);
    await using folder = await workFolder();
    const root = join(folder.path, "root.pem");
    await writeFile(root, CERTIFICATE.cert);
    const run = (verb: "migrate" | "status", words: string) =>
      runCliProcess(["db", verb], { cwd: folder.path, env: { DATABASE_URL: `${server.url}${words}` } });
    const migrated = await run("migrate", "?sslmode=require");
    expect([migrated.code, migrated.stderr]).toEqual([0, ""]);
    for (const words of ["?sslmode=disable", "?sslmode=require", `?sslmode=verify-ca&sslrootcert=${root}`]) {
      const { code, stderr } = await run("status", words);
      expect([words, code, stderr]).toEqual([words, 0, ""]);
    }
    // An address without a word goes by the variables; the one that it has goes before.
    const stranger = join(folder.path, "stranger.pem");
    await writeFile(stranger, rootCertificates[0] ?? "");
    for (const [words, given, code] of [
      ["", { PGSSLMODE: "require" }, 0],
      ["?sslmode=disable", { PGSSLMODE: "verify-full" }, 0],
      ["", { PGSSLMODE: "verify-full" }, 1],
      ["", { PGSSLMODE: "prefer" }, 1],
      ["", { PGSSLMODE: "verify-ca", PGSSLROOTCERT: root }, 0],
      ["?sslmode=require", { PGSSLROOTCERT: stranger }, 1],
    ] as const) {
      const env = { DATABASE_URL: `${server.url}${words}`, ...given };
      const said = await runCliProcess(["db", "status"], { cwd: folder.path, env });
      expect([words, given, said.code, said.stderr]).toEqual([words, given, code, code === 0 ? "" : expect.any(String)]);
    }
    for (const [words, why] of [
      [`?sslmode=verify-full&sslrootcert=${root}`, /cannot be encrypted: .*altname/i],
      ["?sslmode=verify-full", /cannot be encrypted: .*self.signed/i],
      ["?sslmode=verify-ca", /needs the certificate of an authority/],
      ["?sslmode=prefer", /as the server likes/],
      ["?SSLMODE=require", /SSLMODE is not known/],
    ] as const) {
      const { code, stderr } = await run("status", words);
      expect([words, code, stderr]).toEqual([words, 1, expect.stringMatching(why)]);
    }
  });
});

test("a password that the address lacks comes from PGPASSFILE", async () => {
  const database = await createDatabase();
  try {
    const { username, password, hostname, port } = new URL(database.url);
    const bare = new URL(database.url);
    bare.password = "";
    await using folder = await workFolder();
    const file = join(folder.path, "pgpass");
    const run = (secret: string) =>
      writeFile(file, `${hostname}:${port}:*:${username}:${secret}\n`, { mode: 0o600 }).then(() =>
        runCliProcess(["db", "status"], { cwd: folder.path, env: { DATABASE_URL: bare.href, PGPASSFILE: file } }),
      );
    expect(await run(decodeURIComponent(password))).toMatchObject({ code: 0, stderr: "" });
    // A server that trusts everybody takes any.
    const other = new URL(bare);
    other.password = "wrong";
    const client = new pg.Client({ connectionString: other.href });
    const trusts = await client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
    if (!trusts) expect(await run("wrong")).toMatchObject({ code: 1, stderr: expect.stringContaining("password") });
  } finally {
    await database.dispose();
  }
});

test("PGSSLMODE is not for the embedded server, which does not encrypt", async () => {
  await using folder = await workFolder();
  const { code, stderr } = await runCliProcess(["init", "."], { cwd: folder.path, env: { PGSSLMODE: "require" } });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("SSL")]);
});

describe.skipIf(!hasOldest())("a server that does not encrypt", () => {
  test("is refused by require", async () => {
    await using server = await startOtherPostgres(OLDEST, { fsync: "off" });
    await using folder = await workFolder();
    const env = { DATABASE_URL: `${server.url}?sslmode=require` };
    const { code, stderr } = await runCliProcess(["db", "status"], { cwd: folder.path, env });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/cannot be encrypted: .*does not support SSL/)]);
  });
});
