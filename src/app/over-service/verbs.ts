// Verbs of campaigns through a service: shown as it would carry them out, confirmed here, carried out there; and the failover pairs that it watches.

import { z } from "zod";
import {
  type CampaignPreview,
  type CampaignResult,
  type CampaignStatusList,
  type CampaignVerb,
  campaignPreview,
  campaignResult,
  campaignStatusList,
  type FailoverPairView,
  failoverPair,
} from "../../operations/views/index.ts";
import type { ServiceAddress } from "./address.ts";
import { type CarriedOut, ServiceClient } from "./client.ts";
import type { Following } from "./following.ts";

const SETTLED: ReadonlySet<string> = new Set(["watching", "failed-over", "halted"] satisfies FailoverPairView["phase"][]);

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
  carryOut(
    { campaignId, verb, confirm }: Pick<CampaignPreview, "campaignId" | "verb" | "confirm">,
    { reason, signal }: { readonly reason?: string | undefined; readonly signal: AbortSignal },
  ): Promise<CarriedOut<CampaignResult>> {
    const body = { confirm, ...(reason === undefined ? {} : { reason }) };
    return this.#client.carryOut(campaignResult, `${campaignPath(campaignId)}/${verb}`, body, signal);
  }

  /** Follows a pair until its order has been taken and no hand-over is under way. @param onLook told of each look */
  seeThrough(primary: string, following: Following, onLook: (pair: FailoverPairView) => void): Promise<FailoverPairView> {
    return following.through({
      look: (signal) => this.pair(primary, signal),
      ended: ({ order, phase }) => order === null && SETTLED.has(phase),
      onLook,
      again: `outdial campaign failover status ${primary}`,
    });
  }

  /** One campaign, or all, as the service shows them. @param fresh reads the tenant first */
  statuses(
    id: string | undefined,
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<CampaignStatusList> {
    return this.#client.json(campaignStatusList, "/campaigns/status", { query: { campaign: id, fresh }, signal });
  }

  async pairs(): Promise<readonly FailoverPairView[]> {
    return (await this.#client.json(z.strictObject({ items: z.array(failoverPair) }), "/failover/pairs")).items;
  }

  pair(primary: string, signal?: AbortSignal): Promise<FailoverPairView> {
    return this.#client.json(
      failoverPair,
      `/failover/pairs/id/${encodeURIComponent(primary)}`,
      signal === undefined ? {} : { signal },
    );
  }
}

const campaignPath = (id: string): string => `/campaigns/id/${encodeURIComponent(id)}`;
