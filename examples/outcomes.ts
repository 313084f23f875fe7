// Outcomes: pull them, map their codes, report, push to the CRM:
//   node examples/outcomes.ts

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { openStage, say } from "./sandbox.ts";

// The CRM of this example accepts every batch of records. Yours must check the signature (docs/events.md).
const received: number[] = [];
const crm = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    const { records } = JSON.parse(body);
    if (Array.isArray(records)) received.push(records.length);
    response.end();
  });
});
await new Promise<void>((resolve) => void crm.listen(0, "127.0.0.1", resolve));
const address = crm.address();
const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
const map = fileURLToPath(new URL("outcome-map.yaml", import.meta.url));
{
  await using stage = await openStage({
    config: { outcomes: { map }, webhooks: { crm: { url, recordsUrl: `${url}/records` } } },
    environment: { OUTDIAL_CRM_SECRET: `whsec_${Buffer.from("a secret of the CRM, 24 bytes").toString("base64")}` },
  });
  const { outcomes, crm: push, actor } = stage.outdial;
  const campaignId = "camp_primary_001";

  // Pull: the calls of the last three days into the lake (Parquet), checked against the tenant's own count.
  const pulled = await outcomes.pull({ campaignId, lastMs: 3 * 86_400_000 });
  say(`${pulled.status}: ${pulled.calls} calls`);
  say(`the lake holds them all: ${(await outcomes.verify(pulled.jobId)).whole}`);

  // Report: conversion by the map, with numerator, denominator and interval.
  const { from, to } = pulled;
  const report = await outcomes.report({ campaigns: [campaignId], from, to, compare: [], keep: false });
  const { numerator, denominator, low, high } = report.conversion;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  say(`${numerator} of ${denominator} calls converted (${percent(low)} to ${percent(high)}) by ${report.definition.id}`);

  // Push: the records that the CRM does not have yet, in signed batches.
  const { records } = await push.push({ records: true, from: Date.parse(from), to: Date.parse(to) }, actor);
  say(`${records?.acknowledged} records acknowledged, ${received.length > 0 ? "received" : "not received"}`);
}
crm.close();
