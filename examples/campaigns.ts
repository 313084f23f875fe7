// Campaigns: provision them from files, see who may be called, watch, fail over:
//   node examples/campaigns.ts

import { readFile } from "node:fs/promises";
import { campaignPlanOf, parseCampaignFiles, parseContactQuery } from "outdial";
import { usCaUk2026 } from "outdial/compliance";
import { openStage, say } from "./sandbox.ts";

// This example uses a pack without calling rules, so that it has the same result at every hour. By default the shipped rules decide.
const rules = { ...usCaUk2026(), id: "every-hour", rules: [] };
const generate = { count: 200, consentRate: 1, zones: ["America/New_York"] };
const campaign = (id: string, status: string, contactListId: string) => ({ id, name: id, status, contactListId });
const scenario = {
  campaigns: [campaign("camp_primary", "active", "list_12345"), campaign("camp_backup", "paused", "list_backup")],
  generateCalls: [],
  contactLists: [
    { id: "list_12345", generate },
    { id: "list_backup", generate },
  ],
};
await using stage = await openStage({ scenario, rules });
const { outdial, sandbox } = stage;
const { campaigns, campaignFiles, facts, failover, segments, actor } = outdial;

// Nobody is dialed before the company's do-not-call list is loaded. Yours is a file (`facts.import("dnc", …)`); this company declares that its list is empty.
await facts.declareNoCompanyList({ name: "Ann Lee", reason: "a made-up company" }, actor);

// Provision: the plan names every field that would change, who would be called, and what forbids it. The apply sends exactly this plan.
const text = await readFile(new URL("campaigns/spring-renewals.yaml", import.meta.url), "utf8");
const plan = await campaignFiles.plan(await parseCampaignFiles([{ name: "spring.yaml", text }]));
for (const { action, name, blast } of campaignPlanOf(plan).entries) say(`${action} ${name}: ${blast.contacts} contacts`);
const { jobId } = await campaignFiles.begin(plan, "spring.yaml");
await campaignFiles.run(jobId);
const { outcome, results } = await campaignFiles.show(jobId);
say(`${outcome}: ${results.map(({ name, id }) => `${name} is ${id}`).join(", ")}`);

// Segment: the whole list is read and the calling rules decide about each contact; the signed manifest is stored.
const query = parseContactQuery("consentFlags.outbound.call==true", "query");
const asked = { listId: "list_12345", query, where: [], callType: "telemarketing" } as const;
const { manifest } = await segments.segment(asked, {}, { by: actor });
say(`${manifest.counts.dial} of ${manifest.input.contacts} contacts may be called now`);

// Watch: what is known about a campaign, with its figures.
const { status, activeCalls } = await campaigns.show("camp_primary", { hours: 1, fresh: true });
say(`camp_primary is ${status}, ${activeCalls === null ? "its calls are not known" : "its calls are known"}`);

// Fail over: the watch hands over by itself when the evidence shows that the success rate has fallen; a command hands over at once. First a drill.
const { plan: pair } = await failover.planPut("camp_primary", { backup: "camp_backup", overlap: "accept" });
await failover.put(pair.primary, pair.policy);
const { passed, steps } = await failover.drill(pair.primary, AbortSignal.timeout(60_000));
say(`rehearsed in ${steps.length} steps: ${passed ? "passed" : "not passed"}`);
sandbox.control.simulateMetrics({ campaignId: "camp_primary", activeCalls: 0 });
await failover.order(pair.primary, "fail-over");
const { words } = await failover.seeThrough(pair.primary, { signal: AbortSignal.timeout(60_000) });
say(words);
