// Pauses and resumes of campaigns whose process died: every service searches for them, and one continues each.

import type { CampaignUseCases } from "../../operations/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

const LOOK_MS = 1000;

/** Continues them until the signal. */
export function goOnWithChanges(
  { config: { clock }, replica, scope }: Pick<Workplace, "config" | "replica" | "scope">,
  campaigns: CampaignUseCases,
  background: Background,
  given: {
    readonly signal: AbortSignal;
    readonly warn: (message: string) => void;
    /** Time between two looks, ms. */
    readonly everyMs?: number | undefined;
  },
): void {
  const { signal, warn, everyMs = LOOK_MS } = given;
  const left = campaigns.left();
  background.repeat("changes of campaigns that were left", { clock, everyMs, signal }, async () => {
    // A process that could not reach the database itself a moment ago cannot judge whether others are dead.
    if (!replica.isSteady() || (await replica.leavesWork(scope))) return;
    for (const intent of await left.waiting())
      background.start(`${intent.target === "paused" ? "pause" : "resume"} of ${intent.campaignId}`, async () => {
        const ended = await left.goOn(intent, signal).catch((thrown: unknown) => {
          if (signal.aborted) return undefined;
          throw thrown;
        });
        if (ended === undefined) return;
        await campaigns.saw(ended);
        const what = intent.target === "paused" ? "pausing" : "resuming";
        warn(`${what} ${intent.campaignId}, which a process that ended had begun: ${ended.message ?? ended.outcome}`);
      });
  });
}
