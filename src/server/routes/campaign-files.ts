// Campaigns as code: plan, apply, applies, export, drift.

import { z } from "zod";
import {
  type ApplyReport,
  type CampaignPlan,
  CONTACT_PAGES,
  type Drift,
  type ExportedFile,
  type Moved,
  type ParsedFiles,
  type PlanEntry,
  type PlanOptions,
  parseCampaignFiles,
} from "../../operations/index.ts";
import {
  type CampaignApplySummary,
  type CampaignApplyView,
  type CampaignPlanView,
  campaignApplySummary,
  campaignApplyView,
  campaignDrift,
  campaignExport,
  campaignFiles,
  campaignPlanView,
  confirmation,
  confirmOf,
  type Planned,
  type Previewed,
  pageOf,
  type Standing,
  timeText,
} from "../../operations/views/index.ts";
import type { CampaignApply } from "../../store/index.ts";
import { ServerError } from "../error.ts";
import { cursor, limit, list, pageOfItems } from "../routing/query.ts";
import { dangerousRoute, route } from "../routing/route.ts";

/** What the routes act on. */
export interface CampaignFilesPort {
  /** Keeps the plan, so that an apply can say what has moved since. */
  plan(files: ParsedFiles, options: PlanOptions): Promise<CampaignPlan>;
  /** Plans what a shown plan was made of anew. Throws OperationError `job_not_found`. */
  again(hash: string, options: Pick<PlanOptions, "contactPages">): Promise<{ plan: CampaignPlan; moved: readonly Moved[] }>;
  /** Throws OperationError `job_state` when another apply is open. */
  begin(plan: CampaignPlan, sourceName: string, by: string): Promise<string>;
  /** Runs an apply here, or goes on with it; returns at once. */
  start(jobId: string): Promise<void>;
  standing(apply: CampaignApply): Promise<{ readonly standing: Standing; readonly running: boolean }>;
  /** Newest first. @param after the job of the last one of the page before */
  applies(query: { readonly limit: number; readonly after: string | undefined }): Promise<readonly CampaignApply[]>;
  /** Throws OperationError `job_not_found`. */
  report(jobId: string): Promise<ApplyReport>;
  exported(ids: readonly string[]): Promise<readonly ExportedFile[]>;
  drift(files: ParsedFiles, options: { readonly managedOnly: boolean }): Promise<Drift>;
}

const byJob = z.strictObject({ job: z.string().min(1).max(200) });
const contactPages = z
  .int()
  .min(1)
  .max(100_000)
  .default(CONTACT_PAGES)
  .describe("Pages of 100 contacts of each list whose places are looked at");
const hash = z.string().regex(/^[0-9a-f]{64}$/, "the hash of a plan, 64 hexadecimal digits");

export function campaignFileRoutes(port: () => CampaignFilesPort) {
  return [
    route({
      id: "campaigns.plan",
      method: "post",
      path: "/campaigns/plan",
      question: true,
      summary: "What an apply of campaign files would change; its plan and confirm are what apply wants",
      description: "Every mistake is told with file, line, column and field. Nothing is sent to the tenant.",
      role: "operator",
      body: z.strictObject({ files: campaignFiles, activate: z.boolean().default(false), contactPages }),
      reply: campaignPlanView,
      async handle({ body, signal }) {
        const { files, activate, contactPages: pages } = body;
        return planView(await port().plan(await parseCampaignFiles(files), { activate, contactPages: pages, signal }));
      },
    }),
    dangerousRoute({
      id: "campaigns.apply",
      method: "post",
      path: "/campaigns/apply",
      summary: "Applies a plan that was shown: a job",
      description:
        "The plan is made anew first. When the tenant, the rules or what is kept have moved since, nothing is sent and the answer says what moved.",
      role: "operator",
      body: z.strictObject({
        ...confirmation.shape,
        plan: hash,
        contactPages,
        sourceName: z.string().min(1).max(200).default("campaign files").describe("For people"),
      }),
      reply: campaignApplyView,
      status: 202,
      async plan({ body }): Promise<Previewed<CampaignPlan>> {
        const { plan, moved } = await port().again(body.plan, { contactPages: body.contactPages });
        if (plan.hash !== body.plan)
          throw new ServerError("plan_changed", "the tenant, the rules or what is kept have moved since the plan was made", {
            advice: "Make a new plan.",
            details: { moved },
          });
        return { ...planned(plan), shown: { kind: "campaign_files", preview: planView(plan), sourceName: body.sourceName } };
      },
      async act({ body, who }, plan) {
        const jobId = await port().begin(plan, body.sourceName, who.name);
        await port().start(jobId);
        return applyView(port(), await port().report(jobId));
      },
    }),
    route({
      id: "campaigns.applies",
      method: "get",
      path: "/campaigns/applies",
      summary: "Applies of campaign files, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor }),
      reply: pageOf(campaignApplySummary),
      async handle({ query }) {
        const applies = await port().applies({ limit: query.limit + 1, after: query.cursor });
        const page = pageOfItems(
          applies,
          query.limit,
          ({ jobId }) => jobId,
          (apply) => apply,
        );
        return { ...page, items: await Promise.all(page.items.map((apply) => summaryOf(port(), apply))) };
      },
    }),
    route({
      id: "campaigns.applied",
      method: "get",
      path: "/campaigns/applies/{job}",
      summary: "One apply: how each campaign ended, and why it stands still",
      role: "viewer",
      params: byJob,
      reply: campaignApplyView,
      handle: async ({ params }) => applyView(port(), await port().report(params.job)),
    }),
    route({
      id: "campaigns.resumeApply",
      method: "post",
      path: "/campaigns/applies/{job}/resume",
      summary: "Go on with an apply that was interrupted or stands still; one that has ended stays as it is",
      role: "operator",
      params: byJob,
      reply: campaignApplyView,
      status: 202,
      async handle({ params }) {
        const { apply } = await port().report(params.job);
        if (apply.endedAt === null) await port().start(params.job);
        return applyView(port(), await port().report(params.job));
      },
    }),
    route({
      id: "campaigns.export",
      method: "get",
      path: "/campaigns/export",
      summary: "A campaign file for each campaign, or for those named",
      role: "viewer",
      query: z.strictObject({ id: list.describe("Campaigns; all without one") }),
      reply: campaignExport,
      handle: async ({ query }) => ({ files: (await port().exported(query.id)).map((file) => ({ ...file })) }),
    }),
    route({
      id: "campaigns.drift",
      method: "post",
      path: "/campaigns/drift",
      question: true,
      summary: "How campaign files and the tenant differ",
      role: "viewer",
      body: z.strictObject({ files: campaignFiles, managedOnly: z.boolean().default(false) }),
      reply: campaignDrift,
      async handle({ body: { files, managedOnly } }) {
        const { drifted, campaigns, unmanaged, unmatched } = await port().drift(await parseCampaignFiles(files), { managedOnly });
        return {
          drifted,
          campaigns: campaigns.map((entry) => {
            const { action, name, id, source, changes, held } = entryView(entry);
            return { action, name, id, source, changes, held };
          }),
          unmanaged: unmanaged.map((one) => ({ ...one })),
          unmatched: unmatched.map((one) => ({ ...one })),
        };
      },
    }),
  ];
}

function planned(plan: CampaignPlan): Planned<CampaignPlan> {
  const steps = plan.entries.filter(({ action }) => action !== "in_sync");
  const dialing = steps.filter(({ blast }) => blast.dials).length;
  const names = steps.slice(0, 5).map(({ name }) => name);
  const more = steps.length > names.length ? ` and ${steps.length - names.length} more` : "";
  const nothing = steps.length === 0 ? ["tenant and files agree: there is nothing to apply"] : [];
  const broken = plan.violations.map(({ file, line, field, message }) => `${file}:${line}: ${field}: ${message}`);
  return {
    operation: "campaigns.apply",
    summary: `Apply plan ${plan.hash.slice(0, 12)} to ${steps.length} campaigns, ${dialing} of which dial: ${names.join(", ")}${more}`,
    relies: { plan: plan.hash },
    refusals: [...broken, ...nothing],
    plan,
  };
}

function planView(plan: CampaignPlan): CampaignPlanView {
  const { hash: name, activate, pack, entries, unmanaged, violations, notices } = plan;
  return {
    plan: name,
    confirm: confirmOf(planned(plan)),
    activate,
    pack,
    entries: entries.map(entryView),
    unmanaged,
    violations: violations.map((one) => ({ ...one })),
    notices,
  };
}

/** Without the whole documents: what changes is named field by field. */
function entryView({
  action,
  name,
  id,
  source,
  changes,
  status,
  activates,
  held,
  blast,
}: PlanEntry): CampaignPlanView["entries"][number] {
  return {
    action,
    name,
    id,
    source: { file: source.file, line: source.line, column: source.column },
    changes: changes.map((one) => ({ ...one })),
    status,
    activates,
    held,
    blast: { ...blast, zones: { ...blast.zones } },
  };
}

async function summaryOf(port: CampaignFilesPort, apply: CampaignApply): Promise<CampaignApplySummary> {
  const { jobId, planHash, sourceName, actor, status, phase, outcome, message, createdAt, endedAt } = apply;
  return {
    job: jobId,
    plan: planHash,
    sourceName,
    actor,
    status,
    phase,
    outcome,
    message,
    ...(await port.standing(apply)),
    createdAt: timeText(createdAt),
    endedAt: timeText(endedAt),
  };
}

async function applyView(port: CampaignFilesPort, { apply, state }: ApplyReport): Promise<CampaignApplyView> {
  return {
    ...(await summaryOf(port, apply)),
    results: state.results.map((result) => ({ ...result, fields: result.fields.map((field) => ({ ...field })) })),
    stop: state.stop === null ? null : { ...state.stop },
  };
}
