// A process that retrieves: boots, says `ready`, waits for a line on stdin, runs one retrieval, prints it as JSON and ends.

import { once } from "node:events";
import { openOutcomes } from "../../src/app/index.ts";

const [campaignId = "", from = "", to = "", limit = ""] = process.argv.slice(2);
await using runtime = await openOutcomes({}, process.env, { warn: () => undefined, limits: "off", deliver: false });
process.stdout.write("ready\n");
await once(process.stdin, "data");
const { retrieval } = await runtime.retrieving.submit({
  campaignId,
  from: Number(from),
  to: Number(to),
  codes: null,
  limit: Number(limit),
});
const ended = await runtime.retrieving.run(retrieval.jobId);
process.stdout.write(`${JSON.stringify({ ...ended, verdict: await runtime.verify(ended) })}\n`);
process.stdin.destroy();
