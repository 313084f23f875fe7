// Verbs of campaigns through a service: shown as it would carry them out, confirmed here, carried out there; and the failover pairs that it watches.

import type { CampaignPreview, CampaignResult, CampaignVerb, FailoverPairView } from "../../operations/views/index.ts";
import type { CarriedOut } from "../api/client.ts";
import type { ServiceClient } from "./client.ts";
import type { Following } from "./following.ts";

const SETTLED: ReadonlySet<string> = new Set(["watching", "failed-over", "halted"] satisfies FailoverPairView["phase"][]);

/** Follows a pair until its order has been taken and no hand-over is under way. @param onLook told of each look */
export function seeThrough(
  client: ServiceClient,
  primary: string,
  following: Following,
  onLook: (pair: FailoverPairView) => void,
): Promise<FailoverPairView> {
  return following.through({
    look: (signal) => client.ask("failover.show", { params: { primary }, signal }),
    ended: ({ order, phase }) => order === null && SETTLED.has(phase),
    onLook,
    again: `outdial campaign failover status ${primary}`,
  });
}
