// The command line as a process of its own, where that is the point: how it is told to stop, and a reader that goes away.

import { afterEach, beforeEach, expect, test } from "vitest";
import { startCli, workFolder } from "../../support/cli.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { until } from "../../support/until.ts";

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  database = await createDatabase();
  folder = await workFolder();
});
afterEach(async () => {
  await database.dispose();
  await folder[Symbol.asyncDispose]();
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends an import in order with 130, though its input goes on", async (signal) => {
  const running = startCli(["attempts", "import", "-"], {
    cwd: folder.path,
    env: { DATABASE_URL: database.url },
    openInput: true,
  });
  // A line that is refused is told at once: then the input is being read.
  running.child.stdin?.write(`number,at\nnobody,2026-06-16T12:00:00Z\n${"+12125550123,2026-06-16T12:00:00Z\n".repeat(5000)}`);
  await until(() => running.stderr().includes("nobody"));
  running.child.kill(signal);
  expect(await running.ended).toMatchObject({ code: 130, stderr: expect.stringContaining("import the file again for the rest") });
});

test("a simulation with threads is ended by Ctrl-C with 130 and nothing on stdout", async () => {
  const running = startCli(["simulate", "-", "--replications", "100000", "--workers", "2"], {
    cwd: folder.path,
    input: JSON.stringify({ agents: 10, duration: "1h" }),
  });
  // The signal must not come before anybody listens.
  await expect.poll(() => running.stderr(), { timeout: 60_000, interval: 50 }).toContain("simulating");
  running.child.kill("SIGINT");
  expect(await running.ended).toMatchObject({ code: 130, stdout: "", stderr: expect.stringContaining("was interrupted") });
});
