// A sandbox on a socket, a database and a folder of a test's own, and campaign files for it.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { type CampaignApplying, openCampaignApplies } from "../../../src/app/index.ts";
import { type CampaignPlan, type ParsedFiles, parseCampaignFiles } from "../../../src/operations/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { NO_ALARMS, type StartedWorld, startWorld, UNLIMITED_ACD } from "../../support/world.ts";

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

export interface World extends StartedWorld {
  /** Opens the runtime as one process would; close it before opening another. */
  open(options?: Partial<Parameters<typeof openCampaignApplies>[2]>): Promise<CampaignApplying>;
  /** Writes a campaign file into the folder `campaigns`. */
  write(name: string, ...documents: readonly Json[]): Promise<void>;
  /** Campaigns that the tenant holds, as it shows them. */
  campaigns(): Promise<Json[]>;
  /** Writes that reached the tenant, in order. */
  writes(): { readonly operation: string | null; readonly status: number; readonly key: string | undefined }[];
}

/** What the service expects in deliveries of campaign events. */
export const INBOUND_SECRET = "the-secret-of-deliveries-in-this-test";

export const PAGES = { contactPages: 2 };

/** Documents as parsed campaign files. */
export const filesOf = (...documents: readonly Json[]): Promise<ParsedFiles> =>
  parseCampaignFiles([{ name: "campaigns.yaml", text: documents.map((one) => stringify(one)).join("---\n") }]);

/** Plans, begins and runs an apply. */
export async function apply(runtime: CampaignApplying, files: ParsedFiles, activate = false) {
  const plan: CampaignPlan = await runtime.plans.plan(files, { ...PAGES, activate });
  const { jobId } = await runtime.plans.begin(plan, "campaigns.yaml");
  return { plan, ...(await runtime.plans.run(jobId)) };
}

/** A campaign for a tenant of the ACD API: a skill to be made, with a group for reports, a list of its own and a do-not-call group. */
export const SKILL_DRAFT = {
  ...DRAFT,
  contactListId: "Spring people",
  reportingGroup: "Renewals",
  callerId: "8005550199",
  doNotCallGroups: ["Company"],
  contactListFile: { path: "people.csv", externalId: "id", phone: "phone", columns: { firstName: "first" } },
};

/** What the ACD side of a sandbox holds. */
export interface AcdSide {
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly skills: readonly { readonly skillId: number; readonly world: string; readonly fields: Json }[];
  readonly lists: readonly { readonly listId: number; readonly listName: string; readonly files: readonly string[] }[];
  readonly jobs: readonly { readonly jobId: number; readonly startSkill?: number }[];
  readonly dnc: readonly { readonly dncGroupName: string; readonly scrubbed: readonly number[] }[];
}

export interface SkillPlanWorld extends StartedWorld {
  readonly held: () => AcdSide;
  /** Writes that reached the tenant, in order. */
  readonly writes: () => readonly string[];
}

/** A tenant of the ACD API with one skill that dials and a do-not-call group that it obeys; `campaigns` holds a file for a new one and its records. */
export async function openSkillPlanWorld(): Promise<SkillPlanWorld> {
  const old = { ...DRAFT, id: "camp_old", name: "Old", status: "active" };
  const list = { id: "list_east", generate: { count: 20, consentRate: 1, zones: ["America/New_York"] } };
  // A new skill is missing from the list for a while; an upload has ended when it is looked at.
  const acd = { newSkillHiddenSeconds: 2, uploadSeconds: 0, startSeconds: 0, stopSeconds: 0 };
  await using stack = new AsyncDisposableStack();
  const world = stack.use(
    await startWorld({
      sandbox: { clock: { speed: 20 }, scenario: { seed: 5, campaigns: [old], contactLists: [list], limits: "off", acd } },
      profile: "acd",
      yaml: "tenant: { acd: { consentField: consent.call } }\n",
      environment: NO_ALARMS,
    }),
  );
  const tenant = createAcdTenant({ issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  const made = await tenant.request("createDncGroup", { body: { dncGroupName: "Company" } });
  const path = { groupId: made.reply.dncGroups[0]?.dncGroupId ?? "", skillId: "4001" };
  await tenant.request("addScrubbedSkill", { path });
  await tenant.close();
  await mkdir(join(world.folder, "campaigns"));
  await writeFile(join(world.folder, "campaigns", "spring.yaml"), stringify(SKILL_DRAFT));
  const people = Array.from({ length: 5 }, (_, i) => `p${i},Ann,212555010${i}`);
  await writeFile(join(world.folder, "campaigns", "people.csv"), ["id,first,phone", ...people, ""].join("\n"));
  const known = world.sandbox.control.requests({ limit: 10_000 }).length;
  const owned = stack.move();
  return {
    ...world,
    held: () => {
      const { dialects } = JSON.parse(JSON.stringify(world.sandbox.control.snapshot())) as {
        readonly dialects: readonly [string, AcdSide][];
      };
      return new Map(dialects).get("acd") as AcdSide;
    },
    writes: () =>
      world.sandbox.control
        .requests({ limit: 10_000 })
        .slice(known)
        .flatMap(({ method, operation }) =>
          method === "GET" || operation === null || !operation.startsWith("acd.") ? [] : [operation.slice(4)],
        )
        .filter((operation) => !operation.startsWith("token")),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export async function openWorld(campaigns: readonly Json[] = []): Promise<World> {
  const east = { count: 150, consentRate: 1, zones: ["America/New_York"] };
  const ofTenant = {
    clock: "frozen" as const,
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
  };
  await using stack = new AsyncDisposableStack();
  const world = stack.use(
    await startWorld({ sandbox: ofTenant, environment: { ...NO_ALARMS, OUTDIAL_INBOUND_OMNICHANNEL_SECRET: INBOUND_SECRET } }),
  );
  const { sandbox, url, folder, environment } = world;
  await mkdir(join(folder, "campaigns"));
  const owned = stack.move();
  return {
    ...world,
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
      await writeFile(join(folder, "campaigns", name), documents.map((one) => stringify(one)).join("---\n"));
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
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
