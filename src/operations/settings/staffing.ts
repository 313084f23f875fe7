// How many calls may be dialed for each agent, by the dialer model: shown to whoever is about to start a campaign.

import { formatInstant } from "../../compliance/index.ts";
import { ABANDONMENT_LIMIT, messageOf, percent } from "../../kernel/index.ts";
import { TenantError } from "../../tenant/port.ts";
import type { Staffing } from "../campaigns/state/resume.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import type { Prediction, Predictor } from "./gate.ts";
import { fileInForce, measuredFor } from "./in-force.ts";
import { settingsInForce } from "./tenant-settings.ts";

/** Above it only the vendor sets a ratio; the search goes in these steps. */
const MOST = 3;
const STEPS_IN_ONE = 10;
/** A sentence needs less than settings that are to be activated: agent-hours of simulation for each ratio that is tried. */
const EFFORT = 400;

/**
 * Undefined where a tenant does not tell the agents of a campaign, or keeps settings for all together.
 * Throws StoreError, TenantError `aborted`: whatever else the tenant does not tell is said.
 */
export async function staffingOf(
  context: Pick<Context, "tenant" | "store" | "clock">,
  predict: Predictor,
  campaign: string,
): Promise<Staffing | undefined> {
  const { pacingSettings: pacing, metricsSource } = context.tenant.capabilities;
  if (!pacing.capability.perCampaign || metricsSource.agents === undefined) return undefined;
  try {
    const [{ settings }, { answers: _, ...measured }] = await Promise.all([
      settingsInForce(pacing, campaign),
      measuredFor(context, campaign),
    ]);
    const signedIn = measured.agents?.count ?? 0;
    const agents = signedIn > 0 ? signedIn : settings.concurrency.max_agents;
    if (agents === 0) return unknown("no agent is assigned to the campaign or signed in on it");
    const { concurrency, algorithm } = settings;
    const file = fileInForce(settings, undefined, measured);
    // The tenant's own brake acts on calls that were abandoned before: what the ratio alone leads to must be within the limit.
    const at = (ratio: number): typeof file => ({
      ...file,
      settings: {
        ...settings,
        concurrency: { ...concurrency, max_agents: agents },
        algorithm: { ...algorithm, dial_ratio: ratio, abandonment_rate_target: 1 },
      },
    });
    const judged = new Map<number, Prediction>();
    const holds = async (step: number): Promise<boolean> => {
      const found = await predict({ ...at(step / STEPS_IN_ONE), effort: EFFORT });
      if (typeof found === "string") throw new OperationError("not_available", found);
      judged.set(step, found);
      return found.abandonment.high <= ABANDONMENT_LIMIT;
    };
    const most = await highest(STEPS_IN_ONE, MOST * STEPS_IN_ONE, holds);
    const ratio = most === undefined ? undefined : most / STEPS_IN_ONE;
    const limit = percent(ABANDONMENT_LIMIT, 0);
    const [{ basis } = { basis: [] }] = judged.values();
    const answered = basis.find(({ name }) => name === "answerRate");
    const share =
      answered === undefined ? "" : `; answered: ${percent(answered.low, 0)} to ${percent(answered.high, 0)}, ${answered.from}`;
    const who =
      signedIn > 0 && measured.agents !== undefined
        ? `${agents} agents at ${formatInstant(measured.agents.at)}`
        : `${agents} agents, if all who are assigned sign in`;
    return {
      enough: ratio !== undefined && algorithm.dial_ratio <= ratio,
      text: `${who}: ${ratio === undefined ? "one call each already gives more abandoned calls than" : `at most ${ratio.toFixed(1)} calls each under`} ${limit} (in force: ${algorithm.dial_ratio}${share})`,
    };
  } catch (thrown) {
    if (!(thrown instanceof TenantError || thrown instanceof OperationError)) throw thrown;
    if (thrown.code === "aborted") throw thrown;
    return unknown(messageOf(thrown));
  }
}

const unknown = (why: string): Staffing => ({ enough: null, text: `not known: ${why}` });

/** The highest whole number that holds, where lower ones hold too; undefined when the lowest does not. */
async function highest(low: number, high: number, holds: (one: number) => Promise<boolean>): Promise<number | undefined> {
  if (!(await holds(low))) return undefined;
  let [sure, beyond] = [low, high + 1];
  while (beyond - sure > 1) {
    const middle = Math.floor((sure + beyond) / 2);
    if (await holds(middle)) sure = middle;
    else beyond = middle;
  }
  return sure;
}
