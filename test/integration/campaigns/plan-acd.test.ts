// Campaigns as code over the ACD API: the same files make a campaign, a skill, its parameters, its list and the groups it obeys, piece by piece.

import { execFileSync } from "node:child_process";
import { appendFile, copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { openCampaignApplies } from "../../../src/app/index.ts";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { type ParsedFiles, parseCampaignFiles, readCampaignFiles } from "../../../src/operations/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { runCli } from "../../support/cli.ts";
import { UNLIMITED_ACD } from "../../support/world.ts";
import { apply, DRAFT, filesOf, openSkillPlanWorld, PAGES, SKILL_DRAFT } from "./plan-world.ts";

/** All but the last. */
const MAKES = ["createCampaign", "createSkills", "putGeneralSettings", "putTimeZones", "mapCallList", "uploadCallList"] as const;

test("a campaign is made piece by piece, once, though the reply to each piece is lost; a plan says what is not held; a change sends what changes", async () => {
  await using world = await openSkillPlanWorld();
  // People of New York may be called at this hour, whatever it is when the test runs.
  const pack = join(world.folder, "pack.json");
  const rules = usCaUk2026().rules.filter(({ kind }) => kind === "internal-list");
  await writeFile(pack, JSON.stringify({ ...usCaUk2026(), id: "any-hour", rules }));
  await using runtime = await openCampaignApplies({}, world.environment, {
    pack,
    warn: () => undefined,
    deliver: false,
    retry: { maxAttempts: 1 },
    patience: { sends: 3, reads: 3, unanswered: 3, pauseMs: 1 },
  });
  const folder = join(world.folder, "campaigns");
  const files = await parseCampaignFiles(await readCampaignFiles(folder));

  const bad = await runtime.plans.plan(
    await filesOf({
      ...SKILL_DRAFT,
      name: "A name that is longer than what a skill may have",
      contactListFile: undefined,
      doNotCallGroups: ["Nobody"],
    }),
    PAGES,
  );
  expect(bad.violations.map(({ rule, field }) => [rule, field])).toEqual([
    ["NOT_HELD", "name"],
    ["NOT_HELD", "contactListId"],
    ["NOT_HELD", "doNotCallGroups[0]"],
  ]);
  const source = join(folder, "spring.yaml");
  execFileSync("mkfifo", [join(folder, "pipe.csv")]);
  await symlink(world.folder, join(folder, "out"));
  await writeFile(join(world.folder, "secret.csv"), "id,first,phone\nx,y,2125550100\n");
  await writeFile(join(folder, "odd.csv"), "id;first;phone\nx;y;2125550100\n");
  await writeFile(join(folder, "twice.csv"), "id,phone,first,phone\nx,1,y,2125550100\n");
  const wanting = (file: object) => {
    const text = stringify({ ...SKILL_DRAFT, contactListFile: { ...SKILL_DRAFT.contactListFile, ...file } });
    return parseCampaignFiles([{ name: source, text }]);
  };
  const refused: readonly (readonly [object, string, RegExp])[] = [
    [{ path: "gone.csv" }, "path", /cannot read .*gone\.csv/],
    [{ path: "pipe.csv" }, "path", /pipe\.csv is no file/],
    [{ path: "/nowhere.csv" }, "path", /"\/nowhere\.csv" leads out of the folder/],
    [{ path: "../secret.csv" }, "path", /leads out/],
    [{ path: "out/secret.csv" }, "path", /leads out/],
    [{ externalId: "key" }, "externalId", /no column "key"; it has, separated by comma or tab, "id", "first", "phone"/],
    [{ columns: { firstName: "given" } }, "columns.firstName", /no column "given"/],
    [{ columns: { firstName: "first", lastName: "id" } }, "columns.lastName", /the column "id" is already used for externalId/],
    [{ path: "odd.csv" }, "externalId", /it has, separated by comma or tab, "id;first;phone"/],
    [{ path: "twice.csv" }, "phone", /names the column "phone" 2 times/],
  ];
  for (const [file, field, message] of refused) {
    const { violations } = await runtime.plans.plan(await wanting(file), PAGES);
    const said = violations.map(({ rule, field: at, line, file: of }) => ({ rule, at, placed: line > 1 && of === source }));
    expect({ file, said }).toEqual({ file, said: [{ rule: "RECORDS", at: `contactListFile.${field}`, placed: true }] });
    expect(violations[0]?.message).toMatch(message);
  }

  // Two checkouts of the same files make the same plan.
  const checkout = join(world.folder, "checkout");
  await mkdir(checkout);
  for (const name of ["spring.yaml", "people.csv"]) await copyFile(join(folder, name), join(checkout, name));
  const planned = async (of: ParsedFiles) => runtime.plans.plan(of, { ...PAGES, activate: false });
  const [here, there] = [await planned(files), await planned(await parseCampaignFiles(await readCampaignFiles(checkout)))];
  expect(there.hash).toBe(here.hash);
  expect(there.entries[0]?.records?.path).toBe(join(checkout, "people.csv"));

  for (const acd of MAKES) world.sandbox.control.faults.add({ match: { acd }, times: 1, effect: { acceptThenFail: true } });
  const { plan, apply: ended, state } = await apply(runtime, files);
  expect(plan.notices.join("\n")).toContain("Spring: this tenant holds no queueId, ");
  expect(plan.notices.join("\n")).toContain(
    "dialerConfig.predictiveSettings.callRate is not sent: the dialer paces by calls per agent",
  );
  expect({ outcome: ended.outcome, message: state.results[0]?.message, stop: state.stop }).toEqual({
    outcome: "applied",
    message: null,
    stop: null,
  });
  const held = world.held();
  expect(held.groups.map(({ name }) => name)).toEqual(["Outbound", "Renewals"]);
  expect(held.skills.map(({ skillId, fields }) => [skillId, fields["callerIdOverride"]])).toEqual([
    [4001, undefined],
    [4002, "8005550199"],
  ]);
  expect(held.lists.map(({ listName, files: uploaded }) => [listName, uploaded.length])).toEqual([
    ["list_east", 0],
    ["Spring people", 1],
  ]);
  expect(held.jobs).toHaveLength(1);
  expect(held.dnc[0]?.scrubbed).toEqual([4001, 4002]);
  // Nothing that it made dials, and every piece was asked for once, but for what may be sent again.
  expect(world.sandbox.control.state().campaigns.map(({ status }) => status)).toEqual(["active", "paused"]);
  expect(world.writes()).not.toContain("startSkill");
  const told = await world.query("select 1 from outdial.audit where action = 'campaign.piece'");
  expect(told.length).toBeGreaterThan(0);

  const again = await runtime.plans.plan(files, PAGES);
  expect(again.entries.map(({ action, changes }) => ({ action, changes }))).toEqual([{ action: "in_sync", changes: [] }]);
  expect(again.notices.join("\n")).not.toMatch(/names no place|people\.csv/);
  expect(again.entries[0]?.blast.zones).toEqual({ "America/New_York": 5 });
  expect((await runtime.plans.plan(files, { ...PAGES, activate: true })).notices.join("\n")).toContain(
    "Spring: of the tenant's do-not-call groups: all 0 numbers of the company's list are in Company",
  );
  const drift = () => runtime.plans.drift(files, { unmanaged: false });
  expect(await drift()).toMatchObject({ drifted: false, notices: [] });
  await appendFile(join(folder, "people.csv"), "p9,Bea,2125550109\n");
  expect(await drift()).toMatchObject({
    drifted: true,
    campaigns: [{ name: "Spring", action: "change", changes: [{ path: "contactListFile (SHA-256)" }] }],
    notices: [expect.stringMatching(/^Spring: .*people\.csv is not what was uploaded to the list "Spring people" at 20/)],
  });
  const changedFile = await runtime.plans.plan(files, PAGES);
  expect(changedFile.hash).toBe(again.hash);
  await expect(runtime.plans.begin(changedFile, "campaigns.yaml")).rejects.toThrow("changes nothing");
  expect(changedFile.notices.join("\n")).toContain("is not uploaded again");
  await rm(join(folder, "people.csv"));
  expect(await drift()).toMatchObject({ drifted: false, notices: [expect.stringContaining("cannot be compared")] });

  const before = world.writes().length;
  const threshold = { ...SKILL_DRAFT.dialerConfig.predictiveSettings, abandonmentThreshold: 0.02 };
  const changed = await filesOf({
    ...SKILL_DRAFT,
    contactListFile: undefined,
    dialerConfig: { ...SKILL_DRAFT.dialerConfig, predictiveSettings: threshold },
    complianceConfig: {
      ...SKILL_DRAFT.complianceConfig,
      rateLimits: { ...SKILL_DRAFT.complianceConfig.rateLimits, maxCallsPerContactPerDay: 2 },
    },
  });
  expect((await apply(runtime, changed)).apply.outcome).toBe("applied");
  expect(world.writes().slice(before)).toEqual(["putGeneralSettings", "putRetry"]);

  // Past the gate the tenant's groups are compared, which forbids nothing, and what was found stands in the audit log.
  const run = (...line: string[]) => runCli(line, { cwd: world.folder, env: world.environment });
  await writeFile(join(world.folder, "us.txt"), "2125550199\n");
  const today = new Date().toISOString().slice(0, 10);
  expect((await run("dnc", "import", "us.txt", "--list", "national", "--covers", "all", "--as-of", today)).code).toBe(0);
  expect((await run("dnc", "add", "+12125550198", "--reason", "asked")).code).toBe(0);
  expect((await run("campaign", "pause", "4001")).code).toBe(0);
  const old = await filesOf({ ...DRAFT, id: "4001", name: "Old", status: "active" });
  const started = await apply(runtime, old, true);
  expect(started.state.results).toMatchObject([{ outcome: "applied", message: null }]);
  const gated = await world.query<{ details: object }>(
    "select details::json from outdial.audit where action = 'campaign.gated' order by seq",
  );
  const difference = "1 of 1 numbers of the company's list are not in Company: outdial dnc push --campaign 4001";
  expect(gated.at(-1)?.details).toMatchObject({ pass: true, message: `the tenant's do-not-call groups: ${difference}` });
  expect(started.plan.notices).toContain(`Old: of the tenant's do-not-call groups: ${difference}`);
  expect(world.sandbox.control.state().campaigns.map(({ status }) => status)).toEqual(["active", "paused"]);

  // Somebody on its list is on the company's: nobody else than a group of the tenant holds the dialer back from calling them.
  expect((await run("campaign", "pause", "4001")).code).toBe(0);
  const vendor = createAcdTenant({ issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  const listId = world.held().lists.find(({ listName }) => listName === "list_east")?.listId ?? "";
  const records = await vendor.request("readCallList", { path: { listId: String(listId) }, query: { includeRecords: true } });
  await vendor.close();
  const [called] = /\b\d{10}\b/.exec(JSON.stringify(records.reply)) ?? [];
  expect((await run("dnc", "add", `+1${called}`, "--reason", "asked")).code).toBe(0);
  const words =
    /1 of \d+ contacts read are on the company's do-not-call list, and nothing shows that the tenant holds them back: 2 of 2/;
  const check = await run("campaign", "resume", "4001", "--check");
  expect(check).toMatchObject({ code: 3, stdout: expect.stringMatching(words) });
  const against = await apply(runtime, old, true);
  expect(against.state.results).toMatchObject([{ outcome: "not_activated", message: expect.stringMatching(words) }]);
  expect((await run("dnc", "push", "--campaign", "4001")).code).toBe(0);
  const look = await run("campaign", "resume", "4001", "--check");
  expect(look.stdout).toMatch(/^ {2}the tenant's do-not-call groups: all 2 numbers of the company's list are in /m);
  expect((await apply(runtime, old, true)).state.results).toMatchObject([{ outcome: "applied", message: null }]);

  // The list is New York's, and the tenant reads the hours there: the campaign's own zone neither allows nor forbids any.
  const federal = join(world.folder, "federal.json");
  const ofUs = usCaUk2026().rules.filter(({ kind, jurisdiction }) => kind === "calling-hours" && jurisdiction === "US");
  await writeFile(federal, JSON.stringify({ ...usCaUk2026(), id: "federal-hours", rules: ofUs }));
  const hours = async (timeZone: string, startTime: string, endTime: string) => {
    const allowedDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    const complianceConfig = { ...DRAFT.complianceConfig, timeZone, dialingRules: { startTime, endTime, allowedDays } };
    await writeFile(join(world.folder, "hours.yaml"), stringify({ ...DRAFT, id: "4001", name: "Old", complianceConfig }));
    const planned = await run("campaign", "plan", "hours.yaml", "--pack", federal, "--json");
    return { code: planned.code, plan: JSON.parse(planned.stdout) };
  };
  const early = await hours("America/Los_Angeles", "05:00:00", "16:00:00");
  expect(early).toMatchObject({
    code: 3,
    plan: {
      violations: [
        {
          rule: "WINDOW",
          field: "complianceConfig.dialingRules.startTime",
          message: expect.stringMatching(
            /^05:00:00 on \w+day in America\/New_York \(\d+ of the contacts read\), outside of the law/,
          ),
        },
      ],
    },
  });
  const lawful = await hours("Europe/London", "08:00:00", "20:00:00");
  expect(lawful).toMatchObject({ code: 0, plan: { violations: [] } });
  // How many there are is the tenant's own count of the list.
  const { contacts, contactsRead } = lawful.plan.entries[0].blast;
  expect([typeof contacts, contactsRead]).toEqual(["number", contacts]);
  // One engine in a process.
  await runtime[Symbol.asyncDispose]();
  const agreed = ["--plan", String(lawful.plan.plan), "--yes"];
  const done = await run("campaign", "apply", "hours.yaml", "--pack", federal, ...agreed);
  expect({ code: done.code, stdout: done.stdout }).toEqual({ code: 0, stdout: "applied\n" });
  expect((await hours("Asia/Tokyo", "08:00:00", "20:00:00")).plan.entries).toMatchObject([{ action: "in_sync", changes: [] }]);

  // A list that is yet to be made is judged by the people in its file.
  const dialingRules = { startTime: "07:00:00", endTime: "20:00:00", allowedDays: ["Monday"] };
  const west = {
    ...SKILL_DRAFT,
    name: "West",
    contactListId: "West people",
    contactListFile: { ...SKILL_DRAFT.contactListFile, path: "west.csv" },
    complianceConfig: { ...DRAFT.complianceConfig, timeZone: "America/New_York", dialingRules },
  };
  await writeFile(join(world.folder, "west.csv"), "id,first,phone\nw1,Ann,2135550101\nw2,Bea,2135550102\n");
  await writeFile(join(world.folder, "west.yaml"), stringify(west));
  const plannedWest = await run("campaign", "plan", "west.yaml", "--pack", federal, "--json");
  expect(plannedWest.code).toBe(3);
  expect(JSON.parse(plannedWest.stdout)).toMatchObject({
    violations: [{ message: expect.stringMatching(/^07:00:00 on \w+day in America\/Los_Angeles \(2 of the contacts read\)/) }],
    entries: [{ blast: { contacts: 2, contactsRead: 2, zones: { "America/Los_Angeles": 2 }, callsPerHour: null } }],
  });
});

test("records that the tenant does not take are told by the apply", async () => {
  await using world = await openSkillPlanWorld();
  const people = join(world.folder, "campaigns", "people.csv");
  const run = (...args: string[]) => runCli(args, { cwd: world.folder, env: world.environment });
  const planned = async () =>
    (JSON.parse((await run("campaign", "plan", "campaigns", "--json")).stdout) as { readonly plan: string }).plan;
  const earlier = await planned();
  await appendFile(people, "p6,Bob,555\np7,,\n");
  const moved = await run("campaign", "apply", "--yes", "--plan", earlier);
  expect([moved.code, moved.stderr]).toEqual([
    3,
    expect.stringMatching(/Spring has changed since [^]*contactListFile\.sha256 {2}"/),
  ]);
  const plan = await planned();
  const applied = await run("campaign", "apply", "campaigns", "--yes", "--plan", plan);
  const words =
    'the tenant took 5 of 7 records of the last file of the list "Spring people": it refuses the others, and does not say which';
  expect([applied.code, applied.stderr]).toEqual([0, expect.stringContaining(`: applied: ${words}`)]);
});
