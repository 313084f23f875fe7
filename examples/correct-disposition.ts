// Correcting the disposition of a closed interaction:
//   node examples/correct-disposition.ts

import { openStage, say } from "./sandbox.ts";

await using stage = await openStage();
const { outdial } = stage;
const interactionId = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

const { dispositions } = await outdial.corrections.show(interactionId);
say(`there: ${dispositions.map(({ code }) => code).join(", ")}`);

const correction = { code: "101", description: "Issue Resolved", agentId: "agent_1", policy: "replace" } as const;
const { after, problems } = await outdial.corrections.preview(interactionId, correction);
say(`would be: ${after.map(({ code }) => code).join(", ")}; ${problems.length} problems`);

// outdial reads the interaction, merges, checks, writes with the version that was read, and reads back; it repeats this when another writer was faster.
const { result, stored } = await outdial.applyDisposition({ interactionId, ...correction });
say(`${result}: ${stored?.map(({ code }) => code).join(", ")}`);

// A list of corrections is a job, like a list of tags.
const job = await outdial.corrections.run([
  { interactionId, code: "201", agentId: "agent_1" },
  { interactionId, code: "999", agentId: "agent_1" },
]);
for await (const row of (await outdial.jobs.rows(job.id)).rows) say(`  ${row.line}: ${row.result} ${row.reason ?? ""}`);
