// The first minutes: the two commands of the README's chapter Begin tag a call, and doctor is content with what they made.

import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli, startCli, workFolder } from "../../support/cli.ts";
import { commandsOf, fencesOf } from "../../support/documents.ts";
import { until } from "../../support/until.ts";

/** The two commands, as the README has them. */
async function commands(): Promise<[begin: string[], tag: string[]]> {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const fence = fencesOf(readme).find(({ notRun }) => notRun?.includes("begin.test.ts"));
  const [begin, tag, ...more] =
    fence === undefined ? [] : commandsOf(fence).map(({ words }) => words.slice(words.indexOf("outdial") + 1));
  if (begin === undefined || tag === undefined || more.length > 0) throw new Error("the README has two commands to begin with");
  return [begin, tag];
}

test("the README's two commands tag a call; the same sandbox starts anew; doctor ends with 0, as only a person's choices are left", async () => {
  await using folder = await workFolder();
  const at = { cwd: folder.path, env: {} };
  const [begin, tag] = await commands();
  const start = async () => {
    const run = startCli(begin, at);
    await until(() => run.stderr().includes("outdial tag") || run.child.exitCode !== null);
    return run;
  };

  let sandbox = await start();
  expect(sandbox.stderr()).toContain(`outdial ${tag.join(" ")}`);
  expect(await runCli([...tag, "--json"], at)).toMatchObject({ code: 0, stdout: expect.stringContaining('"tagged":1') });
  const doctor = await runCli(["doctor", "--json"], at);
  const { ok, checks } = JSON.parse(doctor.stdout) as { ok: boolean; checks: { state: string; check: string; text: string }[] };
  expect(checks.filter(({ state }) => state === "fail")).toEqual([]);
  expect(checks).toContainEqual(expect.objectContaining({ check: "company's list", state: "todo" }));
  expect({ code: doctor.code, ok }).toEqual({ code: 0, ok: true });
  expect((await runCli(["context", "--json"], at)).stdout).toContain("tenant.token.clientIdFile");

  // Another terminal: the port is taken.
  expect(await runCli(begin, at)).toMatchObject({ code: 2, stderr: expect.stringContaining("it can be used from here") });

  sandbox.child.kill("SIGINT");
  expect((await sandbox.ended).code).toBe(130);
  const yaml = await readFile(join(folder.path, "outdial.yaml"), "utf8");
  sandbox = await start();
  expect(await readFile(join(folder.path, "outdial.yaml"), "utf8")).toBe(yaml);
  expect((await runCli(["call", "listCampaigns"], at)).code).toBe(0);
  sandbox.child.kill("SIGINT");
  await sandbox.ended;

  expect(yaml).not.toContain((await readFile(join(folder.path, ".outdial/sandbox/client-secret"), "utf8")).trim());
  if (process.platform !== "win32")
    expect(((await stat(join(folder.path, ".outdial/sandbox/client-secret"))).mode & 0o077).toString(8)).toBe("0");
});

test("a workplace of another tenant is not made a sandbox's, and an address of one's own is none", async () => {
  await using folder = await workFolder();
  const at = { cwd: folder.path, env: {} };
  const listener = createServer();
  await new Promise<void>((done) => void listener.listen(0, "127.0.0.1", done));
  const address = listener.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  expect(await runCli(["init", "--sandbox", "--tenant-url", url], at)).toMatchObject({ code: 2 });
  await runCli(["init", "--tenant-url", url], at);
  const refused = await runCli(["init", "--sandbox"], at);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("is not of a sandbox") });
  listener.close();
});
