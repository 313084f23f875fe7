// Campaigns as code as the service's routes act on them.

import { type CampaignPlans, driftOf, OperationError } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { CAMPAIGN_APPLY } from "../../store/index.ts";
import { campaignPlansOn, exportFrom, shownPlan } from "../campaigns.ts";
import type { Workplace } from "../workplace.ts";

type CampaignFilesPort = ReturnType<ServerPorts["work"]["campaignFiles"]>;

/** @param engine what runs applies */
export function campaignFilesPort(workplace: Workplace, engine: CampaignPlans): CampaignFilesPort {
  const { store, config, runs } = workplace;
  // Made for each question: by the rules of the moment, in the name of whoever asks.
  const plansOf = (by: string) => campaignPlansOn({ ...workplace, config: { ...config, actor: by } });
  const asked = () => plansOf(config.actor);
  const find = async (jobId: string) => {
    const found = await store.campaigns.byJob(jobId);
    if (found !== undefined) return found;
    throw new OperationError("job_not_found", `there is no apply ${jobId}`);
  };
  return {
    async plan(files, options) {
      const plan = await (await asked()).plan(files, options);
      await store.campaigns.keepPlan(plan.hash, plan);
      return plan;
    },
    again: async (hash, options) => (await asked()).again(await shownPlan(store, hash), options),
    async begin(plan, sourceName, by) {
      const { jobId } = await (await plansOf(by)).begin(plan, sourceName);
      return jobId;
    },
    start: (jobId) => runs.start(jobId),
    standing: ({ jobId }) => runs.standingOf(jobId),
    async applies({ limit, after }) {
      if (after !== undefined) await find(after);
      const last = after === undefined ? undefined : await store.jobs.getJob(after);
      const jobs = await store.jobs.listJobs({ kinds: [CAMPAIGN_APPLY], limit, ...(last === undefined ? {} : { after: last }) });
      return Promise.all(jobs.map(({ id }) => find(id)));
    },
    report: (jobId) => engine.report(jobId),
    exported: (ids) => exportFrom(workplace, ids),
    // The law is the plan's business: no contact is needed to compare.
    drift: async (files, options) => driftOf(await (await asked()).plan(files, { activate: false, contactPages: 1 }), options),
  };
}
