// Dialer settings through a service, from a machine that has nothing but its address and a token.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dialerChange, dialerPreview, dialerVersion } from "../../../src/operations/views/index.ts";
import { type CliOptions, runCli, workFolder } from "../../support/cli.ts";
import { type StartedService, startService } from "../../support/service.ts";

const yaml = "dialer: { activation: { first: 50ms, most: 200ms, looks: 500 } }\n";
let at: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  at = await startService({ yaml });
  folder = await workFolder();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const run = (args: readonly string[], as: keyof StartedService["tokens"] = "operator", options: Partial<CliOptions> = {}) =>
  runCli(["dialer", ...args], {
    cwd: folder.path,
    env: { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens[as] },
    ...options,
  });
const beside = (args: readonly string[]) =>
  runCli(["dialer", ...args], { cwd: folder.path, env: { ...at.environment, OUTDIAL_DIR: at.dir } });

interface Settings {
  readonly algorithm: Readonly<Record<string, unknown>>;
}

/** Writes a settings file that differs from what is in force in its dial ratio. JSON is YAML. */
async function write(ratio: number): Promise<void> {
  const { versionTag: _, ...settings } = JSON.parse((await run(["show", "--json"])).stdout) as Settings & { versionTag: unknown };
  const file = {
    ...settings,
    algorithm: { ...settings.algorithm, dial_ratio: ratio },
    carrier_capacity: { max_trunks: 400 },
    expected: { answer_rate: 0.2 },
  };
  await writeFile(join(folder.path, "settings.yaml"), JSON.stringify(file, undefined, 1));
}

test("settings and their checks are shown as beside the service", async () => {
  const [there, here] = [await run(["show"], "viewer"), await beside(["show"])];
  expect([there.code, there.stdout]).toEqual([0, here.stdout]);
  expect(there.stderr).toContain("version tag ");
  await write(1.35);
  const [valid, same] = [await run(["validate", "settings.yaml"], "viewer"), await beside(["validate", "settings.yaml"])];
  expect([valid.code, valid.stdout]).toEqual([0, same.stdout]);
  expect(valid.stdout).toContain("gate: open");
  await writeFile(join(folder.path, "wrong.yaml"), "name: A\nkind: predictive\n");
  await writeFile(join(folder.path, "large.yaml"), `name: ${"A".repeat(2_000_000)}\n`);
  for (const command of [["validate"], ["apply", "--yes"]])
    expect(await run([...command, "large.yaml"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/large\.yaml has 2000007 characters; .*at most 200000/) as string,
    });
  expect(await run(["validate", "wrong.yaml"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("wrong.yaml:2: kind: unknown field") as string,
  });
});

test("a change is shown, confirmed and followed; the same again is in force, and an earlier version comes back", async () => {
  await write(1.35);
  const versions = async () => (await run(["history"], "viewer")).stdout;
  const before = await versions();
  const dry = await run(["apply", "settings.yaml", "--dry-run", "--json"], "viewer");
  expect(await versions()).toBe(before);
  const { result, ...preview } = JSON.parse(dry.stdout) as { result: string };
  expect([dry.code, result, dialerPreview.parse(preview).verdict]).toEqual([0, "dry_run", "ready"]);
  expect(await run(["apply", "settings.yaml"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Pass --yes") as string,
  });
  expect(await run(["apply", "settings.yaml", "--yes"], "viewer")).toMatchObject({
    code: 5,
    stdout: "",
    stderr: expect.stringContaining(
      "outdial dialer apply needs the role operator; the token of vera has the role viewer",
    ) as string,
  });
  const watched = await run(["apply", "settings.yaml", "--dry-run", "--guard", "90s", "--json"]);
  expect([watched.code, JSON.parse(watched.stdout)]).toMatchObject([0, { result: "dry_run", guard: { minutes: 1.5 } }]);

  const applied = await run(["apply", "settings.yaml", "--yes", "--json"]);
  const change = dialerChange.parse(JSON.parse(applied.stdout));
  expect([applied.code, change.outcome]).toEqual([0, "applied"]);
  expect(applied.stderr).toMatch(/ {2}algorithm\.dial_ratio +[\d.]+ → 1\.35\n/);
  expect(applied.stderr).toContain(`version ${change.version}: applied`);
  // As if the answer had been lost.
  expect(await run(["apply", "settings.yaml", "--yes"])).toMatchObject({ code: 0, stdout: "unchanged\n" });

  const back = await run(["rollback", "--yes"]);
  expect(back).toMatchObject({ code: 0, stdout: `${change.version + 1} applied\n` });
  expect(await run(["resume"])).toMatchObject({ code: 0, stderr: expect.stringContaining("every change has ended") as string });
  const [history, same] = [await run(["history"], "viewer"), await beside(["history"])];
  expect(history.stdout).toBe(same.stdout);
  const { items } = JSON.parse((await run(["history", "--json", "--limit", "2"])).stdout) as { items: unknown[] };
  expect(items.map((one) => dialerVersion.parse(one).kind)).toEqual(["rollback", "apply"]);
});

test("what a gate refuses is in the audit log, whichever way it was asked for", async () => {
  await write(1.35);
  const file = JSON.parse(await readFile(join(folder.path, "settings.yaml"), "utf8")) as Settings;
  const high = { ...file, algorithm: { ...file.algorithm, abandonment_rate_target: 0.04 } };
  await writeFile(join(folder.path, "high.yaml"), JSON.stringify(high));
  const refusals = async () =>
    (await at.service.store.audit.list({ action: "dialer.refused" })).map(({ actor, details: { refusals: why } }) => [
      actor,
      why,
    ]);
  const { code, stderr } = await run(["apply", "high.yaml", "--yes"]);
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("0.04 is above the limit of 0.03") as string });
  const [[actor, why] = [], ...others] = await refusals();
  expect([actor, others]).toEqual(["olga", []]);
  expect(await run(["apply", "high.yaml", "--dry-run"])).toMatchObject({ code: 3 });
  expect(await beside(["apply", join(folder.path, "high.yaml"), "--yes"])).toMatchObject({ code: 3 });
  const [, [here, same] = []] = await refusals();
  expect([here, same]).toEqual(["service", why]);
});
