// Old time-zone data of the runtime, as people meet them: check, gate, doctor and the start of the service say so. To rules that
// know of a change which no data know, the data of every machine are old.

import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { runCli, workFolder } from "../../support/cli.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const OVERLAY = {
  format: "outdial-rule-pack/1",
  id: "ahead",
  title: "Rules that know of a coming change",
  version: "1",
  base: "us-ca-uk-2026",
  jurisdictions: [],
  rules: [],
  calendars: {},
  emergencies: [],
  geography: "builtin",
  zoneData: { version: "2027z", changes: [{ zones: ["America/New_York"], at: "2027-01-15T12:00:00Z", offset: "-04:00" }] },
};
const TOLD = /time-zone data of this machine \(\S+\) do not know how the clocks of .*America\/New_York.*2027z or newer is needed/;

test("nothing is decided in the zone, and check, gate, doctor and the service's start say so", async () => {
  await using folder = await workFolder();
  const pack = join(folder.path, "ahead.json");
  await writeFile(pack, JSON.stringify(OVERLAY));
  await using at = await startService({ yaml: `compliance: { pack: ${JSON.stringify(pack)} }\n` });
  await until(async () => at.logged.some((line) => TOLD.test(line)));

  const run = (args: string[], input?: string) =>
    runCli(args, {
      cwd: dirname(at.dir),
      env: at.environment,
      ...(input === undefined ? {} : { input }),
    });
  const asked = (number: string) =>
    JSON.stringify({ number, callType: "collection", at: "2026-06-16T16:00:00Z", scrubbedOn: "2026-06-15" });
  const checked = await run(["compliance", "check", "-", "--pack", pack], `${asked("+12125550131")}\n${asked("+13125550131")}\n`);
  const [east, middle] = checked.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { rules: string[]; reasons: string[] });
  expect(east).toMatchObject({ decision: "deny", rules: ["ZONE_DATA_OLD"], next: null });
  expect(east?.reasons[0]).toMatch(TOLD);
  expect(middle).toMatchObject({ decision: "allow" });

  expect((await run(["dnc", "declare-empty", "--name", "Ann Lee", "--reason", "first campaign"])).code).toBe(0);
  const gate = await run(
    ["compliance", "gate", "-", "--campaign", "camp_1", "--call-type", "collection", "--at", "2026-06-16T16:00:00Z"],
    "number\n+12125550131\n+13125550131\n",
  );
  expect(gate.stdout).toContain("2 loaded: 1 callable now, 1 time-zone data too old");
  expect(gate.stdout).toContain("outdial doctor names the zones");

  const doctor = await run(["doctor", "--json"]);
  const { checks } = JSON.parse(doctor.stdout) as { checks: { check: string; state: string; text: string; mend: string }[] };
  expect(checks.find(({ check }) => check === "time-zone data")).toMatchObject({
    state: "warn",
    text: expect.stringMatching(TOLD),
    mend: expect.stringContaining("newest release of Node"),
  });
});
