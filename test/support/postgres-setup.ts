// One PostgreSQL server for a whole test run, in a folder of its own; its URL reaches the tests through the environment.

import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { joinEmbeddedServer } from "../../src/store/index.ts";

/** Name of the environment variable that holds the server's URL during a run. */
export const TEST_DATABASE_URL = "OUTDIAL_TEST_DATABASE_URL";

/** vitest calls this before the first test and the returned function after the last one. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[TEST_DATABASE_URL]) return undefined;
  const dir = await mkdtemp(join(tmpdir(), "outdial-test-pg-"));
  await chmod(dir, 0o755);
  // The data is thrown away after the run: it need not survive a power cut.
  const server = await joinEmbeddedServer({ dir, settings: { fsync: "off", max_connections: "200" } });
  process.env[TEST_DATABASE_URL] = server.url;
  return async () => {
    delete process.env[TEST_DATABASE_URL];
    await server.leave();
    const elsewhere = (await readFile(join(dir, "pg.location"), "utf8").catch(() => "")).trim();
    if (elsewhere) await rm(dirname(elsewhere), { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
  };
}
