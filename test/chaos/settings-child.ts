// A process that changes dialer settings and stands still at a named point, to be killed there. Says every point on stdout.
//
//   settings-child.ts <file> [point] [minutes] [campaign]     without a point: run to the end; minutes: watch the rollout so long

import { readFile } from "node:fs/promises";
import module from "node:module";
import { openDialer } from "../../src/app/index.ts";
import { parseSettingsFile } from "../../src/operations/index.ts";
import { standingStillAt } from "./standstill.ts";

/** What a skill's agents do is nothing that can be predicted here. */
const overridesFor = (campaign: string | undefined) => (campaign === undefined ? [] : ["predicted_abandonment"]);

// In a function, because a bundler forgets to dispose of what a module itself is using.
async function change([path = "", at, minutes, campaign]: readonly string[]): Promise<void> {
  await using dialer = await openDialer({}, process.env, standingStillAt(at));
  // A process that is killed leaves no compiled code behind for the next one, unless it does so in time.
  module.flushCompileCache();
  const file = await parseSettingsFile(await readFile(path, "utf8"), path);
  const prepared = await dialer.changes.prepare("apply", file, { overrides: overridesFor(campaign), store: true, campaign });
  const { version } = await dialer.changes.begin(
    prepared,
    minutes === undefined || minutes === "" ? null : await dialer.dialer.guardPlan(Number(minutes) * 60_000, []),
  );
  const { change } = await dialer.changes.run(version);
  process.stdout.write(`ended ${change.outcome}\n`);
}

await change(process.argv.slice(2));
