// Tagging from code: one call, then a list. It starts its own sandbox tenant, so you can run it without changes:
//   node examples/tag-from-code.ts

import { openStage, say } from "./sandbox.ts";

await using stage = await openStage();
const { outdial } = stage;
const campaignId = "camp_primary_001";

// One call. It is checked against the campaign's dispositions, sent, settled when the reply is lost, and audited.
const one = await outdial.tagCall({ campaignId, callId: "call_000003", dispositionCodeId: "DISP_002", notes: "call me in May" });
say(`call_000003: ${one.result}`);

// A list: what would be sent, then the job, which goes on where it stopped when this process dies and the list is given again.
const calls = [
  { callId: "call_000001", dispositionCodeId: "DISP_001", reasonCodeId: "REASON_001", notes: "from code", tags: ["verified"] },
  { callId: "call_000002", dispositionCodeId: "DISP_0O1" },
];
const plan = await outdial.tag.check(campaignId, calls);
say(`${plan.toSend} to send, ${plan.refused} refused: ${plan.examples[0]?.problems[0]?.message}`);
const job = await outdial.tag.run(campaignId, calls);
say(`${job.status}: ${JSON.stringify(job.counts)}`);
for await (const { line, callId, result, reason } of (await outdial.jobs.rows(job.id)).rows)
  say(`  ${line} ${callId}: ${result}${reason === undefined ? "" : ` (${reason})`}`);
