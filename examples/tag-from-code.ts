// Tagging from code: one call, then a list. It starts its own sandbox tenant, so you can run it without changes:
//   node examples/tag-from-code.ts

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { verifyPack } from "outdial";
import { openStage, say } from "./sandbox.ts";

await using stage = await openStage();
const { outdial } = stage;
const campaignId = "camp_primary_001";

// One call. It is checked against the campaign's dispositions, sent, settled when the reply is lost, and audited.
const one = await outdial.tagCall({ campaignId, callId: "call_000003", dispositionCodeId: "DISP_002", notes: "call me in May" });
say(`call_000003: ${one.result}`);

// A list: first what would be sent, then the job. When this process dies and the list is given again, the job continues where it stopped.
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

// An evidence pack, for somebody who has no access to the store: signed NDJSON, which can be checked with only the log's public key.
const lines: string[] = [];
await outdial.audit.pack({ campaign: campaignId }, "example", (line) => void lines.push(line));
const checked = await verifyPack(
  Readable.from([Buffer.from(lines.join(""))]),
  await readFile(join(stage.dir, "audit.pub"), "utf8"),
);
say(
  checked.ok
    ? `evidence pack: ${checked.entries} of ${checked.size} entries, each proved`
    : `line ${checked.line}: ${checked.message}`,
);
