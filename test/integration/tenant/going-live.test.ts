// docs/going-live.md and the table of docs/profiles.md say what is so: the commands are run as they stand against a sandbox, and each line of the table has a
// fact of the profile that it depends on.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import type { Capabilities } from "../../../src/tenant/index.ts";
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

test("each line of the table of docs/profiles.md is so", async () => {
  const [, table = ""] = /^## What works\n([\s\S]*?)^## /m.exec(await read("profiles.md")) ?? [];
  const rows = table
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (?:---|to do )/.test(line))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
  expect(rows.map(([name]) => name)).toEqual(Object.keys(LINES));
  const credentials = { accessKeyId: "key", accessKeySecret: "secret" };
  const tenant = createAcdTenant({ issuer: "http://127.0.0.1:9", credentials });
  for (const [name = "", , acd = ""] of rows)
    expect([name, LINES[name]?.(tenant.capabilities)]).toEqual([name, !/^(?:no\b|none\b)/.test(acd)]);
  await tenant.close();
});
