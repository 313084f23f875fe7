// Tagging from code, as functions: validate, plan, run. It starts its own sandbox tenant, so you can run it without changes:
//   node examples/tag-from-code.ts

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTenant, openTagging, readMatrix, validateTagging } from "../src/index.ts";
import { createSandbox } from "../src/sandbox/index.ts";

const CAMPAIGN = "camp_primary_001";
const CSV =
  "call_id,disposition_code_id,reason_code_id,notes,tags\ncall_000001,DISP_001,REASON_001,from code,verified\ncall_000002,DISP_0O1,,,\n";
const source = {
  name: "two calls",
  bytes: async function* () {
    yield Buffer.from(CSV);
  },
  rereadable: true,
  read: {},
};

const sandbox = createSandbox();
const { url } = await sandbox.listen();
const { clientId, clientSecret } = sandbox.ready;
const dir = await mkdtemp(join(tmpdir(), "outdial-example-"));

// Validate: against the campaign's disposition matrix; nothing is sent.
const tenant = createTenant({ hosts: url, token: { auth: "basic" }, credentials: { clientId, clientSecret } });
const report = await validateTagging(source, await readMatrix(tenant.capabilities.dispositionCatalog, CAMPAIGN));
process.stdout.write(`${report.toSend} to send, ${report.refused} refused: ${report.examples[0]?.problems[0]?.message}\n`);
await tenant.close();

// Plan and run: durably, on an embedded PostgreSQL in `dir`.
{
  const environment = { ...process.env, CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret, DATABASE_URL: undefined };
  await using runtime = await openTagging({ dir, tenantUrl: url }, environment, {
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  const { job } = await runtime.tagging.submit(source, CAMPAIGN, {});
  const ended = await runtime.tagging.run(job.id);
  process.stdout.write(`${ended.status}: ${JSON.stringify((await runtime.records.show(job.id)).counts)}\n`);
}
await sandbox.close();
await rm(dir, { recursive: true, force: true });
