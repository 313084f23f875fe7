// Verbs of campaigns through a service: shown as it would carry them out, confirmed here, carried out there; and the failover pairs that it watches.

import { z } from "zod";
import { type Clock, OutdialError } from "../../kernel/index.ts";
import {
  type ApprovalView,
  awaitingApproval,
  type CampaignPreview,
  type CampaignResult,
  type CampaignVerb,
  campaignPreview,
  campaignResult,
  type FailoverPairView,
  failoverPair,
} from "../../operations/views/index.ts";
import type { ServiceAddress } from "./address.ts";
import { ServiceClient } from "./client.ts";

/** Looks at a hand-over under way are so far apart, ms. */
const LOOK_MS = 1_000;
const SETTLED: ReadonlySet<string> = new Set(["watching", "failed-over", "halted"] satisfies FailoverPairView["phase"][]);

/** What came of a verb: it was carried out, or it waits for another person. */
export interface VerbResult {
  readonly result: CampaignResult | null;
  readonly approval: ApprovalView | null;
}

/** The campaigns of a service's tenant. Methods throw OutdialError with the service's code. */
export class ServiceCampaigns {
  readonly #client: ServiceClient;

  constructor(address: ServiceAddress) {
    this.#client = new ServiceClient(address);
  }

  /** What a verb would do now, and what is against it. */
  preview(id: string, verb: CampaignVerb, signal: AbortSignal): Promise<CampaignPreview> {
    return this.#client.json(campaignPreview, `${campaignPath(id)}/${verb}/preview`, { method: "POST", body: {}, signal });
  }

  /** Carries out exactly what was shown. @param reason only a resume takes one */
  async carryOut(
    { campaignId, verb, confirm }: Pick<CampaignPreview, "campaignId" | "verb" | "confirm">,
    { reason, signal }: { readonly reason?: string | undefined; readonly signal: AbortSignal },
  ): Promise<VerbResult> {
    const body = { confirm, ...(reason === undefined ? {} : { reason }) };
    const schema = z.union([campaignResult, awaitingApproval]);
    const answer = await this.#client.json(schema, `${campaignPath(campaignId)}/${verb}`, { method: "POST", body, signal });
    return "approval" in answer ? { result: null, approval: answer.approval } : { result: answer, approval: null };
  }

  /** Looks at a pair until its order has been taken and no hand-over is under way. @param onLook told of each look */
  async seeThrough(
    primary: string,
    {
      signal,
      clock,
      onLook,
    }: { readonly signal: AbortSignal; readonly clock: Clock; readonly onLook: (pair: FailoverPairView) => void },
  ): Promise<FailoverPairView> {
    for (;;) {
      try {
        const pair = await this.pair(primary, signal);
        onLook(pair);
        if (pair.order === null && SETTLED.has(pair.phase)) return pair;
      } catch (thrown) {
        // The service goes on when it is there again.
        if (!(thrown instanceof OutdialError) || thrown.code !== "service_unavailable") throw thrown;
      }
      await clock.sleep(LOOK_MS, signal);
    }
  }

  async pairs(): Promise<readonly FailoverPairView[]> {
    return (await this.#client.json(z.strictObject({ items: z.array(failoverPair) }), "/failover/pairs")).items;
  }

  pair(primary: string, signal?: AbortSignal): Promise<FailoverPairView> {
    return this.#client.json(
      failoverPair,
      `/failover/pairs/${encodeURIComponent(primary)}`,
      signal === undefined ? {} : { signal },
    );
  }
}

const campaignPath = (id: string): string => `/campaigns/${encodeURIComponent(id)}`;
