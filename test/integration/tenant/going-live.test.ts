// docs/going-live.md and the table of docs/profiles.md say what is so: the commands are run as they stand against a sandbox, and each line of the table has a
// fact of the profile that it depends on.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { MAX_ACTIVE_RECORDS, MAX_DNC_RECORDS, MAX_LIST_DAYS } from "../../../src/contract/acd/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { type Capabilities, createTenant } from "../../../src/tenant/index.ts";
import { startWorld, UNLIMITED_ACD } from "../../support/world.ts";

const read = (name: string) => readFile(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
const wordsOf = (command: string) => [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

test("the commands of docs/going-live.md run as they stand, and none of them dials", async () => {
  const document = await read("going-live.md");
  const commands = [...document.matchAll(/^```sh live\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
  expect(commands.length).toBeGreaterThan(15);
  await using world = await startWorld({ profile: "acd", yaml: `limits: ${JSON.stringify(UNLIMITED_ACD)}\n` });
  const tenant = createAcdTenant({ issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  const { reply } = await tenant.request("createDncGroup", { body: { dncGroupName: "Company" } });
  await tenant.request("addScrubbedSkill", { path: { groupId: reply.dncGroups[0]?.dncGroupId ?? "", skillId: "4001" } });
  await tenant.close();
  const ended = new Map<string, number | null>();
  for (const command of commands) {
    const [program, ...args] = wordsOf(command);
    expect(program).toBe("outdial");
    const { code, stdout, stderr } = await world.run(args);
    // 2 is a command that is not understood; others may find something.
    expect([command, code === 2 ? stdout + stderr : ""]).toEqual([command, ""]);
    ended.set(command, code);
  }
  const codeOf = (part: string) => [...ended].find(([command]) => command.startsWith(`outdial ${part}`))?.[1];
  for (const good of [
    "init",
    "tenant probe",
    "campaign status",
    "dialer show",
    "callbacks",
    "dnc add",
    "dnc push",
    "outcomes report",
    "audit verify",
  ])
    expect([good, codeOf(good)]).toEqual([good, 0]);
  expect(codeOf("dnc compare")).toBe(3);
  expect(world.sandbox.control.requests().filter(({ path }) => /\/(start|stop)$/.test(path))).toEqual([]);
});

/** What each line of the table depends on: whether the profile can do it. */
const LINES: Readonly<Record<string, (has: Capabilities) => boolean | undefined>> = {
  "read campaigns, their state and figures": (has) => has.campaignProvisioning.capability.supported,
  "pause, resume": (has) => has.campaignRunner.capability.asynchronous,
  figures: (has) => has.metricsSource.capability.supported,
  outcomes: (has) => has.outcomeSource.capability.supported && has.outcomeSource.dials !== undefined,
  "records and lists that the vendor takes away": (has) => has.contactSource.inventory !== undefined,
  "codes of a campaign": (has) => has.dispositionCatalog.capability.supported,
  "set the disposition of a finished call": (has) => has.dispositionWriter.capability.supported,
  "corrections of closed interactions": (has) => has.interactionDispositions.capability.supported,
  "contacts of a list": (has) => has.contactSource.capability.supported,
  "attempts, for caps": (has) => has.contactSource.placed !== undefined,
  "abandoned calls, against the legal limit": (has) => has.metricsSource.answered !== undefined,
  "create and change campaigns from files": (has) => has.campaignProvisioning.making.supported,
  "a campaign's calling hours": (has) => has.campaignRunner.capability.hoursOf === "called",
  "a skill's schedule, retries, list order, agents and codes, from files": (has) =>
    has.campaignProvisioning.making.writes === "merges",
  "export campaigns": (has) => has.campaignProvisioning.capability.supported,
  "create a campaign from dialer settings": (has) => has.pacingSettings.making.supported,
  "dialer settings": (has) => has.pacingSettings.capability.perCampaign,
  "the tenant's do-not-call groups": (has) => has.doNotCallGroups.capability.supported && has.contactSource.takeOff !== undefined,
  "contacts of a hand-over, held back from the campaign that takes over": (has) => has.doNotCallGroups.holdBack !== undefined,
  "scheduled callbacks": (has) => has.scheduledCallbacks.capability.supported,
  "agents of a campaign, list penetration": (has) =>
    has.metricsSource.agents !== undefined && has.contactSource.counts !== undefined,
  "recordings of a call": (has) => has.callReader.recordings !== undefined,
  "events of the vendor": (has) => has.vendorEvents.capability.supported,
  "audit log of the tenant": (has) => has.vendorAudit.capability.supported,
};

/** Where a line is shown by what outdial does on `acd`: file under test/integration, and the beginning of a test's name. */
const SHOWN: Readonly<Record<keyof typeof LINES, readonly [file: string, test: string]>> = {
  "read campaigns, their state and figures": ["tenant/acd.test.ts", "campaigns are the skills that dial"],
  "pause, resume": ["tenant/acd.test.ts", "a pause says that it paused"],
  figures: ["tenant/acd-requests.test.ts", "the watch of 50 skills takes two requests"],
  outcomes: ["tenant/acd.test.ts", "dials that are too old for the lists come from the report of all attempts"],
  "records and lists that the vendor takes away": [
    "tenant/acd-inventory.test.ts",
    "the service tells when the tenant holds nearly",
  ],
  "codes of a campaign": ["tenant/acd.test.ts", "dispositions of finished calls are refused with two ways instead"],
  "set the disposition of a finished call": ["tenant/acd-active.test.ts", "the disposition of an active contact is set"],
  "corrections of closed interactions": ["tenant/acd.test.ts", "what the profile cannot do is refused"],
  "contacts of a list": ["tenant/acd.test.ts", "contacts carry consent only from the field"],
  "attempts, for caps": ["tenant/acd-answers.test.ts", "calls under way count for the caps"],
  "abandoned calls, against the legal limit": ["tenant/acd-answers.test.ts", "a share above the limit forbids a start"],
  "create and change campaigns from files": ["campaigns/plan-acd.test.ts", "a campaign is made piece by piece"],
  "a campaign's calling hours": ["campaigns/plan-acd.test.ts", "a campaign is made piece by piece"],
  "a skill's schedule, retries, list order, agents and codes, from files": [
    "campaigns/skill-control.test.ts",
    "schedule, retries, order, agents and codes are planned",
  ],
  "export campaigns": ["campaigns/skill-control.test.ts", "schedule, retries, order, agents and codes are planned"],
  "create a campaign from dialer settings": ["tenant/acd.test.ts", "what the profile cannot do is refused"],
  "dialer settings": ["tenant/acd.test.ts", "settings of a skill are applied, verified and taken back"],
  "the tenant's do-not-call groups": ["tenant/acd.test.ts", "the company's do-not-call list is compared"],
  "contacts of a hand-over, held back from the campaign that takes over": [
    "campaigns/failover-acd.test.ts",
    "holds back at the tenant whom the primary has called",
  ],
  "scheduled callbacks": ["tenant/acd.test.ts", "callbacks that the tenant will place"],
  "agents of a campaign, list penetration": ["tenant/acd-agents.test.ts", "agents are told with names, teams and states"],
  "recordings of a call": ["tenant/acd-agents.test.ts", "a call and an evidence pack say how to reach recordings"],
  "events of the vendor": ["service/acd.test.ts", "the service says what the profile does not offer"],
  "audit log of the tenant": ["tenant/acd.test.ts", "who changed a campaign or a code is read"],
};

/** Lines whose column `rest` says no, or that the tenant tells nothing. */
const NOT_ON_REST: ReadonlySet<string> = new Set([
  "records and lists that the vendor takes away",
  "attempts, for caps",
  "abandoned calls, against the legal limit",
  "a campaign's calling hours",
  "a skill's schedule, retries, list order, agents and codes, from files",
  "the tenant's do-not-call groups",
  "contacts of a hand-over, held back from the campaign that takes over",
  "scheduled callbacks",
  "agents of a campaign, list penetration",
  "recordings of a call",
]);
/** What `acd` does in another way than `rest`, although both do it. */
const OTHERWISE: Readonly<Record<string, (has: Capabilities) => boolean | undefined>> = {
  "pause, resume": (has) => has.campaignRunner.capability.supported,
  outcomes: (has) => has.outcomeSource.capability.supported,
  "dialer settings": (has) => has.pacingSettings.capability.supported && !has.pacingSettings.capability.perCampaign,
};

test("each line of the table of docs/profiles.md is so", async () => {
  const [, table = ""] = /^## What works\n([\s\S]*?)^## /m.exec(await read("profiles.md")) ?? [];
  const rows = table
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (?:---|to do )/.test(line))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
  expect(rows.map(([name]) => name)).toEqual(Object.keys(LINES));
  const credentials = { accessKeyId: "key", accessKeySecret: "secret" };
  const tenant = createAcdTenant({ issuer: "http://127.0.0.1:9", credentials });
  const guides = createTenant({
    hosts: "http://127.0.0.1:9",
    token: { auth: "basic" },
    credentials: { clientId: "key", clientSecret: "secret" },
  });
  for (const [name = "", rest = "", acd = ""] of rows) {
    expect([name, LINES[name]?.(tenant.capabilities)]).toEqual([name, !/^(?:no\b|none\b)/.test(acd)]);
    expect([name, (OTHERWISE[name] ?? LINES[name])?.(guides.capabilities) === true]).toEqual([name, !NOT_ON_REST.has(name)]);
    if (/^(?:no\b|none\b|not told)/.test(rest)) expect(NOT_ON_REST).toContain(name);
    const [file = "", shown = ""] = SHOWN[name] ?? [];
    const source = await readFile(new URL(`../${file}`, import.meta.url), "utf8");
    expect([name, new RegExp(`^ *(?:test|it)\\("${shown}`, "m").test(source)]).toEqual([name, true]);
  }
  await Promise.all([tenant.close(), guides.close()]);
  // Its figures are those of the contract and of the code.
  const said = (text: string) => expect(table).toContain(text);
  said(`${MAX_ACTIVE_RECORDS.toLocaleString("en")} records`);
  said(`dials of a list for ${MAX_LIST_DAYS} days`);
  said(`at most ${MAX_DNC_RECORDS.toLocaleString("en")} a request`);
});
