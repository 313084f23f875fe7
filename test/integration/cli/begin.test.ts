// The first minutes: the two commands of the README's chapter Begin tag a call, and doctor is content with what they made.

import { readFile, stat, writeFile } from "node:fs/promises";
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

test("a sandbox of profile acd is begun with one command, and its workplace needs no variable", async () => {
  await using folder = await workFolder();
  const at = { cwd: folder.path, env: {} };
  const run = startCli(["init", "--sandbox", "--profile", "acd"], at);
  await until(() => run.stderr().includes("outdial campaign status") || run.child.exitCode !== null);
  expect((await runCli(["campaign", "status"], at)).stdout).toContain("4001");
  const context = await runCli(["context", "--json"], at);
  expect(context.stdout).toContain("tenant.acd.accessKeyIdFile");
  const yaml = await readFile(join(folder.path, "outdial.yaml"), "utf8");
  expect(yaml).toMatch(/CXONE_ACCESS_KEY_ID[\s\S]+^  profile: acd$/m);
  // Too short to see anything: refused by its flag, before anything is read.
  await writeFile(
    join(folder.path, "skill.yaml"),
    "{algorithm: {type: predictive, abandonment_rate_target: 0.02, dial_ratio: 2}}\n",
  );
  const short = await runCli(["dialer", "apply", "skill.yaml", "--campaign", "4001", "--guard", "30s", "--yes"], at);
  expect(short).toMatchObject({ code: 2, stderr: expect.stringMatching(/--guard 30s .*1m or more/) });
  // An opt-out reaches the tenant's dialer: the sandbox's skills obey a do-not-call group.
  await runCli(["dnc", "declare-empty", "--name", "Ann Lee", "--reason", "a trial"], at);
  await runCli(["dnc", "add", "+12125550111", "--reason", "asked"], at);
  const pushed = await runCli(["dnc", "push", "--campaign", "4001"], at);
  expect(pushed).toMatchObject({ code: 0, stdout: expect.stringMatching(/1 added to group \d+; the tenant's search finds 1$/m) });
  const probe = await runCli(["tenant", "probe"], at);
  expect(probe.stdout).toMatch(/^yes +the vendor's audit log$/m);
  const { completedContacts } = JSON.parse(
    (
      await runCli(
        ["call", "listCompleted", "--param", `startDate=${new Date(Date.now() - 86_400_000).toISOString()}`, "--param", "top=1"],
        at,
      )
    ).stdout,
  ) as { completedContacts: readonly { readonly contactId: string }[] };
  const shown = await runCli(["interaction", "show", completedContacts[0]?.contactId ?? ""], at);
  expect([shown.code, /^version/m.test(shown.stderr)]).toEqual([0, false]);
  run.child.kill("SIGINT");
  await run.ended;
});

test("a workplace of another tenant is not made a sandbox's, and an address of one's own is none", async () => {
  await using folder = await workFolder();
  const at = { cwd: folder.path, env: {} };
  const listener = createServer();
  await new Promise<void>((done) => void listener.listen(0, "127.0.0.1", done));
  const address = listener.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  expect(await runCli(["init", "--sandbox", "--tenant-url", url], at)).toMatchObject({ code: 2 });
  const elsewhere = { ...at, env: { ...at.env, OUTDIAL_CONFIG: "elsewhere.yaml" } };
  expect((await runCli(["init", "--tenant-url", url], elsewhere)).stderr).toContain("Unset OUTDIAL_CONFIG: commands read");
  const refused = await runCli(["init", "--sandbox"], at);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("is not of a sandbox") });
  listener.close();
});
