// A process that applies campaign files and stands still at a named point, to be killed there. Says every point on stdout.
//
//   campaign-child.ts <folder> [point]     without a point: run to the end

import module from "node:module";
import { openCampaignApplies } from "../../src/app/index.ts";
import { parseCampaignFiles, readCampaignFiles } from "../../src/operations/index.ts";
import { standingStillAt } from "./standstill.ts";

// In a function, because a bundler forgets to dispose of what a module itself is using.
async function apply([folder = "", at]: readonly string[]): Promise<void> {
  await using runtime = await openCampaignApplies({}, process.env, {
    ...standingStillAt(at),
    patience: { sends: 3, reads: 3, unanswered: 3, pauseMs: 1 },
  });
  // A process that is killed leaves no compiled code behind for the next one, unless it does so in time.
  module.flushCompileCache();
  const files = await parseCampaignFiles(await readCampaignFiles(folder));
  const plan = await runtime.plans.plan(files, { activate: false, contactPages: 1 });
  const { jobId } = await runtime.plans.begin(plan, folder);
  const { apply } = await runtime.plans.run(jobId);
  process.stdout.write(`ended ${apply.outcome}\n`);
}

await apply(process.argv.slice(2));
