// Dialer settings: validate a file, activate it, roll back:
//   node examples/dialer-settings.ts

import { readFile } from "node:fs/promises";
import { dialerPreviewOf, parseSettingsFile } from "outdial";
import { openStage, say } from "./sandbox.ts";

await using stage = await openStage();
const { settings, actor } = stage.outdial;
const name = "dialer-settings.yaml";
const file = await parseSettingsFile(await readFile(new URL(name, import.meta.url), "utf8"), name);

// outdial's own checks, the tenant's validation, and the simulated result of the settings.
const { findings, refusals, prediction } = await settings.validate(file);
say(`${findings.length} findings, ${refusals.length} refusals, abandonment ${percentOf(prediction)}`);

// The plan says what would change. A durable job carries it out: sends, activates, reads back, and rolls back when the tenant does not keep the settings.
const made = await settings.planApply(file);
for (const { path, before, after } of dialerPreviewOf(made).changes) say(`  ${path}: ${before} → ${after}`);
if (made.refusals.length > 0) throw new Error(made.refusals.join("; "));
const { version } = await settings.begin(made.plan, actor);
const applied = await settings.changes.run(version);
say(`version ${version}: ${applied.change.outcome}`);

const back = await settings.begin((await settings.planRollback({})).plan, actor);
await settings.changes.run(back.version);
say(`rolled back: ${(await settings.change(back.version)).outcome}`);

function percentOf(predicted: typeof prediction): string {
  return typeof predicted === "string" ? predicted : `${(predicted.abandonment.median * 100).toFixed(1)} %`;
}
