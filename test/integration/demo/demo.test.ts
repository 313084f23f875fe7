// The demo as a user starts it and ends it early. From its start to its end it runs in test/integration/cli/package.test.ts; its story is told at many
// instants in story.test.ts, and on its pages in test/browser/walk.test.ts.

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { BIN, runCli, startCli, workFolder } from "../../support/cli.ts";

test("a demo that is interrupted while it prepares leaves nothing behind either", async () => {
  await using folder = await workFolder();
  const demo = startCli(["demo"], { bin: BIN, cwd: folder.path, env: { TMPDIR: folder.path } });
  await new Promise<void>((resolve) => demo.child.stderr?.on("data", () => resolve()));
  demo.child.kill("SIGINT");
  expect(await demo.ended).toMatchObject({ code: 130 });
  expect(readdirSync(folder.path).filter((name) => name.startsWith("outdial-demo-"))).toEqual([]);
});

test("on the ACD API the demo's job adds tags to finished contacts, and says what is not offered", async () => {
  await using folder = await workFolder();
  const { code, stderr, stdout } = await runCli(["demo", "--once", "--profile", "acd"], {
    cwd: folder.path,
    env: { TMPDIR: folder.path },
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "demo complete\n" });
  expect(stderr).toMatch(/not offered +setting the disposition of a finished contact/);
  expect(stderr).toMatch(/60 rows: 60 with a tag on the contact, the disposition as it was/);
});
