// Writes what is generated from the code: JSON Schemas, the vendor contract's OpenAPI document, the reference of the command line.
// With --check it writes nothing and fails when a file on disk is not what the code says.

import { readFile, writeFile } from "node:fs/promises";
import { configJsonSchema } from "../src/app/index.ts";
import { commandReference, manualPages } from "../src/cli/index.ts";
import { rulePackJsonSchema } from "../src/compliance/index.ts";
import { acdOpenApi } from "../src/contract/acd/index.ts";
import { vendorOpenApi } from "../src/contract/index.ts";
import { simulationJsonSchema } from "../src/dialing/index.ts";
import { campaignFileJsonSchema, dialerSettingsJsonSchema, eventDocument } from "../src/operations/index.ts";
import { outcomeMapJsonSchema, outcomeReportJsonSchema } from "../src/outcomes/index.ts";
import { scenarioJsonSchema } from "../src/sandbox/index.ts";
import { routeTable, serviceOpenApi } from "../src/server/index.ts";
import { exampleCalls } from "./example-calls.ts";

const pretty = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
const FILES: Record<string, () => string> = {
  "schemas/outdial.schema.json": () => pretty(configJsonSchema()),
  "schemas/rule-pack.schema.json": () => pretty(rulePackJsonSchema()),
  "schemas/dialer-settings.schema.json": () => pretty(dialerSettingsJsonSchema()),
  "schemas/campaign.schema.json": () => pretty(campaignFileJsonSchema()),
  "schemas/scenario.schema.json": () => pretty(scenarioJsonSchema()),
  "schemas/simulation.schema.json": () => pretty(simulationJsonSchema()),
  "schemas/outcome-map.schema.json": () => pretty(outcomeMapJsonSchema()),
  "schemas/outcome-report.schema.json": () => pretty(outcomeReportJsonSchema()),
  "docs/vendor-openapi.json": () => pretty(vendorOpenApi()),
  "docs/vendor-openapi-acd.json": () => pretty(acdOpenApi()),
  "docs/openapi.json": () => pretty(serviceOpenApi("1")),
  "src/web/api/routes.ts": routeTable,
  "docs/event-types.md": eventDocument,
  "docs/cli.md": commandReference,
  "examples/calls.csv": exampleCalls,
  ...Object.fromEntries(Object.entries(manualPages()).map(([name, text]) => [`man/${name}`, () => text])),
};

const check = process.argv.includes("--check");
for (const [name, make] of Object.entries(FILES)) {
  const path = new URL(`../${name}`, import.meta.url);
  const wanted = make();
  const found = await readFile(path, "utf8").catch(() => "");
  if (found === wanted) continue;
  if (check) {
    process.stderr.write(`${name} is not what the code says: run npm run generate\n`);
    process.exitCode = 1;
  } else await writeFile(path, wanted);
}
