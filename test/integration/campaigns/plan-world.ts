// A sandbox on a socket, a database and a folder of a test's own, and campaign files for it.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { stringify } from "yaml";
import { type CampaignApplies, openCampaignApplies } from "../../../src/app/index.ts";
import { type CampaignPlan, type ParsedFiles, parseCampaignFiles } from "../../../src/operations/index.ts";
import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";

type Json = Readonly<Record<string, unknown>>;

/** A campaign whose hours are lawful wherever the area codes of New York's zone belong. */
export const DRAFT = {
  name: "Spring",
  contactListId: "list_east",
  queueId: "queue_1",
  dialerConfig: {
    type: "predictive",
    predictiveSettings: { answerRatio: 0.8, maxCallsInFlight: 20, callRate: 12, abandonmentThreshold: 0.03 },
  },
  complianceConfig: {
    timeZone: "America/New_York",
    dialingRules: { startTime: "10:00:00", endTime: "18:00:00", allowedDays: ["Monday", "Tuesday"] },
    rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 1000 },
  },
};

export interface World extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** Opens the runtime as one process would; close it before opening another. */
  open(options?: Partial<Parameters<typeof openCampaignApplies>[2]>): Promise<CampaignApplies>;
  /** Writes a campaign file into the folder `campaigns`. */
  write(name: string, ...documents: readonly Json[]): Promise<void>;
  /** Campaigns that the tenant holds, as it shows them. */
  campaigns(): Promise<Json[]>;
  /** Writes that reached the tenant, in order. */
  writes(): { readonly operation: string | null; readonly status: number; readonly key: string | undefined }[];
  query(sql: string): Promise<Record<string, unknown>[]>;
}

export const PAGES = { contactPages: 2 };

/** Documents as parsed campaign files. */
export const filesOf = (...documents: readonly Json[]): Promise<ParsedFiles> =>
  parseCampaignFiles([{ name: "campaigns.yaml", text: documents.map((one) => stringify(one)).join("---\n") }]);

/** Plans, begins and runs an apply. */
export async function apply(runtime: CampaignApplies, files: ParsedFiles, activate = false) {
  const plan: CampaignPlan = await runtime.plans.plan(files, { ...PAGES, activate });
  const { jobId } = await runtime.plans.begin(plan, "campaigns.yaml");
  return { plan, ...(await runtime.plans.run(jobId)) };
}

export async function openWorld(campaigns: readonly Json[] = []): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const east = { count: 150, consentRate: 1, zones: ["America/New_York"] };
  const sandbox = createSandbox({
    clock: "frozen",
    now: "2026-03-03T16:00:00Z",
    scenario: {
      seed: 5,
      campaigns,
      contactLists: [
        { id: "list_east", generate: east },
        { id: "list_other", generate: east },
        { id: "list_west", generate: { ...east, zones: ["America/Los_Angeles"] } },
      ],
      limits: "off",
    },
  });
  stack.defer(() => sandbox.close());
  const { url } = await sandbox.listen();
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const folder = stack.use(await workFolder());
  await mkdir(join(folder.path, "campaigns"));
  const environment = {
    DATABASE_URL: database.url,
    CXONE_CLIENT_ID: sandbox.ready.clientId,
    CXONE_CLIENT_SECRET: sandbox.ready.clientSecret,
    OUTDIAL_TENANT_URL: url,
    OUTDIAL_DIR: join(folder.path, ".outdial"),
    OUTDIAL_ALARMS_URL: "http://127.0.0.1:9/alarms",
    OUTDIAL_ALARMS_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  const owned = stack.move();
  return {
    sandbox,
    folder: folder.path,
    environment,
    open: (more = {}) =>
      openCampaignApplies({}, environment, {
        warn: () => undefined,
        limits: "off",
        deliver: false,
        retry: { maxAttempts: 1 },
        patience: { sends: 3, reads: 3, unanswered: 3, pauseMs: 1 },
        ...more,
      }),
    async write(name, ...documents) {
      await writeFile(join(folder.path, "campaigns", name), documents.map((one) => stringify(one)).join("---\n"));
    },
    async campaigns() {
      const { clientId, clientSecret } = sandbox.ready;
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
      const granted = await fetch(`${url}/oauth/token`, {
        method: "POST",
        headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
        body: "grant_type=client_credentials",
      });
      const { access_token: token } = JSON.parse(await granted.text());
      const listed = await fetch(`${url}/api/v2/omnichannel/campaigns`, { headers: { authorization: `Bearer ${token}` } });
      return JSON.parse(await listed.text()).campaigns;
    },
    writes: () =>
      sandbox.control
        .requests({ limit: 10_000 })
        .filter(({ method, path }) => method !== "GET" && path.startsWith("/api/"))
        .map(({ operation, status, headers }) => ({ operation, status, key: headers["x-idempotency-key"] })),
    async query(sql) {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
