// Campaign files through a service: they are sent, what it plans is shown, and it carries the plan out.

import type { CampaignPlan, ExportedFile, FileText, Interruption } from "../../operations/index.ts";
import {
  type CampaignApplySummary,
  type CampaignApplyView,
  type CampaignDriftView,
  type CampaignPlanView,
  campaignApplySummary,
  campaignApplyView,
  campaignDrift,
  campaignExport,
  campaignPlanView,
} from "../../operations/views/index.ts";
import type { CampaignApplies } from "../campaigns.ts";
import type { ServiceAddress } from "./address.ts";
import { type CarriedOut, ServiceClient } from "./client.ts";
import { Following, type FollowingOptions } from "./following.ts";

/** Characters of a file's name that the API takes. */
const MOST_NAME = 200;
/** Pages of contacts that the API takes for all of them. */
const MOST_PAGES = 100_000;
/** The tenant is read for a plan, page by page. */
const PLAN_MS = 30 * 60_000;

interface Given extends FollowingOptions {
  readonly signal: AbortSignal;
  readonly contactPages?: number;
}

/** Campaign files at a service. Methods throw OutdialError with the service's code. */
export class ServiceCampaignFiles implements CampaignApplies {
  readonly #client: ServiceClient;
  readonly #given: Given;
  readonly #following: Following;

  constructor(address: ServiceAddress, given: Given) {
    this.#client = new ServiceClient(address);
    this.#given = given;
    this.#following = new Following(given);
  }

  plan(files: readonly FileText[], activate: boolean): Promise<CampaignPlanView> {
    return this.#plan({ files: sent(files), activate });
  }

  /** Of a plan's file the service is told the hash: it has kept the plans that it showed. */
  again(agreed: string | CampaignPlan): Promise<CampaignPlanView> {
    return this.#plan({ plan: typeof agreed === "string" ? agreed : agreed.hash });
  }

  #plan(body: object): Promise<CampaignPlanView> {
    const { signal } = this.#given;
    const asked = { method: "POST", body: { ...body, ...this.#pages() }, signal, withinMs: PLAN_MS } as const;
    return this.#client.json(campaignPlanView, "/campaigns/plan", asked);
  }

  async latest(): Promise<CampaignApplySummary | undefined> {
    const { signal } = this.#given;
    return (await this.#client.list(campaignApplySummary, "/campaigns/applies", { most: 1, signal }))[0];
  }

  begin({ plan, confirm }: CampaignPlanView, source: string): Promise<CarriedOut<{ readonly job: string }>> {
    const body = { plan, confirm, ...this.#pages(), sourceName: source.slice(-MOST_NAME) };
    return this.#client.carryOut(campaignApplyView, "/campaigns/apply", body, this.#given.signal);
  }

  async goOn(job: string): Promise<void> {
    await this.#client.json(campaignApplyView, `${applyPath(job)}/resume`, { method: "POST", body: {} });
  }

  run(job: string, onProgress: Parameters<CampaignApplies["run"]>[1]): Promise<CampaignApplyView> {
    return this.#following.through({
      look: () => this.#client.json(campaignApplyView, applyPath(job)),
      ended: ({ endedAt, standing }) => endedAt !== null || standing === "still",
      onLook: ({ endedAt, campaigns, results, phase }) => {
        if (endedAt === null) onProgress({ campaign: campaigns[results.length]?.name, phase });
      },
      again: "outdial campaign resume-apply",
    });
  }

  drift(files: readonly FileText[], managedOnly: boolean): Promise<CampaignDriftView> {
    const { signal } = this.#given;
    const asked = { method: "POST", body: { files: sent(files), managedOnly }, signal, withinMs: PLAN_MS } as const;
    return this.#client.json(campaignDrift, "/campaigns/drift", asked);
  }

  async export(ids: readonly string[]): Promise<readonly ExportedFile[]> {
    const { signal } = this.#given;
    return (await this.#client.json(campaignExport, "/campaigns/export", { query: { id: ids }, signal, withinMs: PLAN_MS }))
      .files;
  }

  interrupt(): Interruption {
    return this.#following.interrupt();
  }

  /** The service delivers. */
  deliverEvents(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #pages(): { readonly contactPages?: number } {
    const { contactPages } = this.#given;
    return contactPages === undefined ? {} : { contactPages: Math.min(contactPages, MOST_PAGES) };
  }
}

const sent = (files: readonly FileText[]) => files.map(({ name, text }) => ({ name: name.slice(-MOST_NAME), text }));
const applyPath = (job: string): string => `/campaigns/applies/${encodeURIComponent(job)}`;
