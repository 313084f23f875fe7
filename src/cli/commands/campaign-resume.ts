// outdial campaign resume.

import { openCampaignStates, ServiceClient } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { campaignPreviewOf, resumePlanOf, suggesting } from "../../operations/index.ts";
import { type ApprovalView, type CampaignPreview, type CampaignResult, campaignResultOf } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/campaign.ts";
import type { Io } from "../io.ts";
import { resultLine } from "../render-campaign-state.ts";
import { effectLines, previewLines } from "../render-verb.ts";
import { printable } from "../text.ts";

/** Shows a resume as the API does: its preview while nothing was done, its result afterwards. */
export const resume: Run<typeof declared.resume> = async ({ args: { id }, options, io }) => {
  const { check, service } = options;
  const end =
    service === undefined
      ? await resumeHere(id, options, io)
      : await resumeThere(new ServiceClient(service, io.signal), id, options, io);
  if (end === undefined) return EXIT.refused;
  if ("approval" in end) return answerWaits(end.approval, io);
  if ("preview" in end) {
    const { preview } = end;
    const isRefused = preview.refusals.length > 0;
    await io.answer({ ...preview, result: check ? "dry_run" : "refused" }, previewLines(preview));
    return isRefused ? EXIT.refused : EXIT.done;
  }
  const { result } = end;
  await io.answer(result, [resultLine(result, "active")]);
  if (result.confirmed) return EXIT.done;
  return result.status === "failed" || result.status === "unknown" ? exitOf(result.code ?? "") : EXIT.partlyFailed;
};

/** How a resume ended: not carried out, carried out, or another person must agree; undefined when the person who asked did not. */
type ResumeEnd =
  | { readonly preview: CampaignPreview }
  | { readonly result: CampaignResult }
  | { readonly approval: ApprovalView }
  | undefined;

type ResumeOptions = OptionsOf<typeof declared.resume>;

/** Shows what a resume would do, and asks. */
async function agreed(preview: CampaignPreview, io: Io): Promise<boolean> {
  io.say(effectLines(preview));
  return await confirmed(`Let campaign ${printable(preview.campaignId)} call people again?`, io);
}

async function resumeHere(id: string, options: ResumeOptions, io: Io): Promise<ResumeEnd> {
  const { check, reason } = options;
  const { signal } = io;
  const call = { signal };
  await using states = await openCampaignStates(options, io.env);
  if (!check) await states.requireFits();
  const stopMark = await states.stopMark();
  const planned = await suggesting(
    id,
    () => states.list(),
    async () => resumePlanOf(await states.previewOfResume(id, call), stopMark),
  );
  const preview = campaignPreviewOf(planned);
  if (check) return { preview };
  if (preview.refusals.length > 0) {
    await states.recordRefusal(planned.plan, reason);
    return { preview };
  }
  if (!(await agreed(preview, io))) return undefined;
  const { verdict, change } = await states.resume(id, { reason, signal, call, stopMark });
  return change === null ? { preview: campaignPreviewOf(resumePlanOf(verdict, stopMark)) } : { result: campaignResultOf(change) };
}

/** Through a service: it asks its gate, and once more when it carries the resume out. One that it refuses it records. */
async function resumeThere(api: ServiceClient, id: string, { check, reason }: ResumeOptions, io: Io): Promise<ResumeEnd> {
  const preview = await api.ask("campaigns.preview", { params: { id, verb: "resume" } });
  if (check) return { preview };
  if (preview.refusals.length === 0 && !(await agreed(preview, io))) return undefined;
  try {
    const { confirm } = preview;
    const { result, approval } = await api.carryOut("campaigns.resume", { params: { id }, body: { confirm, reason } });
    return approval === null ? { result } : { approval };
  } catch (thrown) {
    if (!(thrown instanceof OutdialError) || thrown.code !== "plan_refused") throw thrown;
    const { refusals } = thrown.details;
    return { preview: { ...preview, refusals: Array.isArray(refusals) ? refusals.map(String) : preview.refusals } };
  }
}
