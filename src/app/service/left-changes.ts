// Pauses and resumes of campaigns whose process died: looked for by every service, gone on with by one.

import type { CampaignUseCases } from "../../operations/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

const LOOK_MS = 1000;

/** Goes on with them until the signal. */
export function goOnWithChanges(
  { config: { clock }, replica }: Pick<Workplace, "config" | "replica">,
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
    // Who could not reach the database itself a moment ago cannot say that others are dead.
    if (!replica.isSteady()) return;
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
