// Campaigns: provision them from files, see who may be called, watch, fail over:
//   node examples/campaigns.ts

import { readFile } from "node:fs/promises";
import { campaignPlanOf, parseCampaignFiles, parseContactQuery } from "outdial";
import { usCaUk2026 } from "outdial/compliance";
import { openStage, say } from "./sandbox.ts";

// Without calling rules the example ends the same at every hour. By default the shipped rules decide.
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

// Nobody is dialed before the company's do-not-call list is there: yours is a file (`facts.import("dnc", …)`); this company declares that it has none.
await facts.declareNoCompanyList({ name: "Ann Lee", reason: "a made-up company" }, actor);

// Provision: the plan names every field that would change, whom it reaches and what forbids it. The apply sends exactly that.
const text = await readFile(new URL("campaigns/spring-renewals.yaml", import.meta.url), "utf8");
const plan = await campaignFiles.plan(await parseCampaignFiles([{ name: "spring.yaml", text }]));
for (const { action, name, blast } of campaignPlanOf(plan).entries) say(`${action} ${name}: ${blast.contacts} contacts`);
const { jobId } = await campaignFiles.begin(plan, "spring.yaml");
await campaignFiles.run(jobId);
const { outcome, results } = await campaignFiles.show(jobId);
say(`${outcome}: ${results.map(({ name, id }) => `${name} is ${id}`).join(", ")}`);

// Segment: the list is read to its end and each contact is decided by the calling rules; the signed manifest is kept.
const query = parseContactQuery("consentFlags.outbound.call==true", "query");
const asked = { listId: "list_12345", query, where: [], callType: "telemarketing" } as const;
const { manifest } = await segments.segment(asked, {}, { by: actor });
say(`${manifest.counts.dial} of ${manifest.input.contacts} contacts may be called now`);

// Watch: what is known of a campaign, with its figures.
const { status, activeCalls } = await campaigns.show("camp_primary", { hours: 1, fresh: true });
say(`camp_primary is ${status}, ${activeCalls === null ? "its calls are not known" : "its calls are known"}`);

// Fail over: the watch hands over by itself when the success rate has surely fallen; an order does at once. First it is rehearsed.
const { plan: pair } = await failover.planPut("camp_primary", { backup: "camp_backup", overlap: "accept" });
await failover.put(pair.primary, pair.policy);
const { passed, steps } = await failover.drill(pair.primary, AbortSignal.timeout(60_000));
say(`rehearsed in ${steps.length} steps: ${passed ? "passed" : "not passed"}`);
sandbox.control.simulateMetrics({ campaignId: "camp_primary", activeCalls: 0 });
await failover.order(pair.primary, "fail-over");
const { words } = await failover.seeThrough(pair.primary, { signal: AbortSignal.timeout(60_000) });
say(words);
