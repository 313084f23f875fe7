// Campaigns as code: plan, apply, applies, export, drift.

import { z } from "zod";
import {
  type ApplyPlan,
  type CampaignFileUseCases,
  CONTACT_PAGES,
  campaignPlanOf,
  type FileText,
  readPlan,
} from "../../operations/index.ts";
import {
  campaignApplySummary,
  campaignApplyView,
  campaignDrift,
  campaignExport,
  campaignFiles,
  campaignPlanView,
  confirmation,
  pageOf,
  previewed,
} from "../../operations/views/index.ts";
import { AtOnce } from "../access/at-once.ts";
import { ServerError } from "../error.ts";
import { cursor, limit, list, pageOfItems } from "../routing/query.ts";
import { dangerousRoute, route } from "../routing/route.ts";

const byJob = z.strictObject({ job: z.string().min(1).max(200) });
const contactPages = z
  .int()
  .min(1)
  .max(100_000)
  .default(CONTACT_PAGES)
  .describe("Pages of 100 contacts of each list whose places are looked at");
const hash = z.string().regex(/^[0-9a-f]{64}$/, "the hash of a plan, 64 hexadecimal digits");

const shownPlan = ({ plan, stopMark }: ApplyPlan) => campaignPlanOf(plan, stopMark);

export function campaignFileRoutes(work: () => CampaignFileUseCases) {
  const atOnce = new AtOnce("readings of campaign files");
  const read = (caller: string, files: readonly FileText[]) => atOnce.do(caller, () => work().parse(files));
  return [
    route({
      id: "campaigns.plan",
      method: "post",
      path: "/campaigns/plan",
      question: true,
      summary: "What an apply of campaign files would change; its plan and confirm are what apply wants",
      description: `Every mistake is told with file, line, column and field. Nothing is sent to the tenant. A viewer may have at most ${CONTACT_PAGES} pages of contacts looked at. Of a plan that was shown \`plan\` makes it anew; when it is another one now, the answer is \`plan_changed\` with what moved.`,
      asItIs: true,
      role: "viewer",
      body: z.strictObject({
        files: campaignFiles.optional(),
        plan: z
          .union([
            z.string().regex(/^[0-9a-f]{8,64}$/, "the hash of a plan, or at least its first eight digits"),
            z.record(z.string(), z.unknown()).describe("A plan as `campaigns.planned` answers it, also of another service"),
          ])
          .optional()
          .describe("In place of files: a plan that was shown, by its hash or at least the first eight digits of it"),
        activate: z.boolean().default(false).describe("With files; a plan that was shown says it itself"),
        contactPages,
      }),
      reply: campaignPlanView,
      async handle({ body, who, signal }) {
        const { files, plan, activate, contactPages: pages } = body;
        if ((files === undefined) === (plan === undefined))
          throw new ServerError("invalid_request", "body: either files or plan is needed");
        // Each page is a request from the budget that operators need.
        if (who.role === "viewer" && pages > CONTACT_PAGES)
          throw new ServerError(
            "not_permitted",
            `more than ${CONTACT_PAGES} pages of contacts need the role operator; ${who.name} has the role ${who.role}`,
          );
        const reading = { contactPages: pages, signal };
        const agreed = typeof plan === "object" ? readPlan(plan, "the plan") : plan;
        if (agreed !== undefined) return shownPlan((await work().planApply(agreed, reading)).plan);
        const stopMark = await work().stopMark();
        return campaignPlanOf(await work().plan(await read(who.name, files ?? []), { ...reading, activate }), stopMark);
      },
    }),
    route({
      id: "campaigns.planned",
      method: "get",
      path: "/campaigns/plans/{plan}",
      summary: "A plan that was shown, whole: to be kept as a file and given back later",
      asItIs: true,
      role: "viewer",
      params: z.strictObject({ plan: hash }),
      reply: z.record(z.string(), z.unknown()),
      handle: async ({ params }) => ({ ...(await work().shown(params.plan)) }),
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
      plan: ({ body: { plan, contactPages: pages, sourceName } }) =>
        previewed(work().planApply(plan, { contactPages: pages }), (made) => ({
          kind: "campaign_files",
          preview: shownPlan(made.plan),
          sourceName,
        })),
      async act({ body, who }, { plan, stopMark }) {
        const { jobId } = await work().begin(plan, body.sourceName, { actor: who.name, stopMark });
        return work().start(jobId);
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
      handle: ({ query: { cursor: after, limit: size } }) =>
        pageOfItems(size, (most) => work().list({ limit: most, after }), "job"),
    }),
    route({
      id: "campaigns.applied",
      method: "get",
      path: "/campaigns/applies/{job}",
      summary: "One apply: how each campaign ended, and why it stands still",
      role: "viewer",
      params: byJob,
      reply: campaignApplyView,
      handle: ({ params }) => work().show(params.job),
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
      handle: ({ params }) => work().start(params.job),
    }),
    route({
      id: "campaigns.export",
      method: "get",
      path: "/campaigns/export",
      summary: "A campaign file for each campaign, or for those named",
      asItIs: true,
      role: "viewer",
      query: z.strictObject({ id: list.describe("Campaigns; all without one") }),
      reply: campaignExport,
      handle: async ({ query }) => {
        const { files, shorter } = await work().export(query.id);
        return { files: files.map((file) => ({ ...file })), shorter };
      },
    }),
    route({
      id: "campaigns.drift",
      method: "post",
      path: "/campaigns/drift",
      question: true,
      summary: "How campaign files and the tenant differ",
      asItIs: true,
      role: "viewer",
      body: z.strictObject({ files: campaignFiles, unmanaged: z.boolean().default(false) }),
      reply: campaignDrift,
      handle: async ({ body: { files, unmanaged }, who }) => work().drift(await read(who.name, files), { unmanaged }),
    }),
  ];
}
