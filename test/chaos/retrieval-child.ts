// A process that retrieves: boots, says `ready`, waits for a line on stdin, runs one retrieval, prints it as JSON and ends.

import { once } from "node:events";
import module from "node:module";
import { openOutcomes } from "../../src/app/index.ts";

// In a function, because a bundler forgets to dispose of what a module itself is using.
async function retrieve([campaignId = "", from = "", to = "", limit = ""]: readonly string[]): Promise<void> {
  await using runtime = await openOutcomes({}, process.env, { warn: () => undefined, limits: "off", deliver: false });
  // A process that is killed leaves no compiled code behind for the next one, unless it does so in time.
  module.flushCompileCache();
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
}

await retrieve(process.argv.slice(2));
