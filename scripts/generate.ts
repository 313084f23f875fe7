// Writes what is generated from the code: JSON Schemas, the vendor contract's OpenAPI document, the reference of the command line.
// With --check it writes nothing and fails when a file on disk is not what the code says.

import { readFile, writeFile } from "node:fs/promises";
import { configJsonSchema } from "../src/app/index.ts";
import { packageVersion } from "../src/app/version.ts";
import { rulePackJsonSchema } from "../src/compliance/index.ts";
import { simulationJsonSchema } from "../src/dialing/index.ts";
import { OUTBOUND_EVENTS, type OutboundEvent } from "../src/operations/events/catalog.ts";
import { campaignFileJsonSchema, dialerSettingsJsonSchema } from "../src/operations/index.ts";
import { outcomeMapJsonSchema, outcomeReportJsonSchema } from "../src/outcomes/index.ts";
import { scenarioJsonSchema } from "../src/sandbox/index.ts";
import { routeTable, serviceOpenApi } from "../src/server/index.ts";
import { livesDocument } from "../src/store/index.ts";
import { SHOWN_ONLY } from "../src/tenant/acd/pacing.ts";
import { exampleCalls } from "./example-calls.ts";
import { numberingPlans } from "./geography/numbering-plans.ts";
import { rulePackDocument } from "./law/table.ts";
import { manualPages } from "./man.ts";
import { notices } from "./notices.ts";
import { commandReference } from "./reference.ts";
import { acdOpenApi, vendorOpenApi } from "./vendor-openapi.ts";

/** A schema or an OpenAPI document: a line for each operation and each schema in it, so that a change of one is seen as one, in half the bytes of indented JSON. */
const document = (value: object) => `${lines(value, 3)}\n`;

function lines(value: unknown, depth: number, indent = ""): string {
  if (depth === 0 || typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return "{}";
  const inner = `${indent}  `;
  const written = members.map(([name, member]) => `${inner}${JSON.stringify(name)}: ${lines(member, depth - 1, inner)}`);
  return `{\n${written.join(",\n")}\n${indent}}`;
}

/** The table of all events as a document, generated into docs/event-types.md. */
function eventDocument(): string {
  const rows = Object.entries<OutboundEvent>(OUTBOUND_EVENTS).map(
    ([type, { receiver, when, document, urgent: isUrgent }]) =>
      `| \`${type}\` | \`${receiver}\` | ${isUrgent === true ? "yes" : ""} | ${when} | [${document}](${document}) |`,
  );
  return `# Events that outdial sends

Generated from the code by \`npm run generate\`. Form, signature and delivery: [events.md](events.md). A receiver of any name takes the types that its
\`types\` name; the receiver of the second column takes them when it has no \`types\`, and e-mail takes those of \`alarms\`. Urgent alarms are also
sent in quiet hours.

| type | receiver | urgent | when | its data |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

const FILES: Record<string, () => string> = {
  "THIRD-PARTY-NOTICES": notices,
  "schemas/outdial.schema.json": () => document(configJsonSchema()),
  "schemas/rule-pack.schema.json": () => document(rulePackJsonSchema()),
  "schemas/dialer-settings.schema.json": () => document(dialerSettingsJsonSchema()),
  "schemas/dialer-settings-acd.schema.json": () => document(dialerSettingsJsonSchema(Object.keys(SHOWN_ONLY))),
  "schemas/campaign.schema.json": () => document(campaignFileJsonSchema()),
  "schemas/campaign-acd.schema.json": () => document(campaignFileJsonSchema("part")),
  "schemas/scenario.schema.json": () => document(scenarioJsonSchema()),
  "schemas/simulation.schema.json": () => document(simulationJsonSchema()),
  "schemas/outcome-map.schema.json": () => document(outcomeMapJsonSchema()),
  "schemas/outcome-report.schema.json": () => document(outcomeReportJsonSchema()),
  "docs/vendor-openapi.json": () => document(vendorOpenApi()),
  "docs/vendor-openapi-acd.json": () => document(acdOpenApi()),
  "docs/openapi.json": () => document(serviceOpenApi(packageVersion())),
  "src/compliance/data/numbering-plans.json": numberingPlans,
  "src/web/api/routes.ts": routeTable,
  "docs/event-types.md": eventDocument,
  "docs/lives.md": livesDocument,
  "docs/cli.md": commandReference,
  "docs/rule-packs.md": rulePackDocument,
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
