// Campaign files through a service: they are sent, what it plans is shown, and it carries the plan out.

import { type CampaignPlan, type CampaignsExported, type FileText, OperationError } from "../../operations/index.ts";
import {
  type CampaignApplySummary,
  type CampaignApplyView,
  type CampaignDriftView,
  type CampaignPlanView,
  MOST_CAMPAIGN_TEXT,
  MOST_JSON_BYTES,
} from "../../operations/views/index.ts";
import type { Asking } from "../../server/index.ts";
import type { CarriedOut } from "../api/client.ts";
import type { CampaignApplies } from "../campaigns.ts";
import type { ServiceAddress } from "./address.ts";
import { FollowedAtService } from "./client.ts";
import type { FollowingOptions } from "./following.ts";

/** Characters of a file's name that the API takes. */
const MOST_NAME = 200;
/** Room for the other fields of a request, bytes. */
const REST_BYTES = 1_024;
/** Pages of contacts that the API takes for all of them. */
const MOST_PAGES = 100_000;
/** The tenant is read for a plan, page by page. */
const PLAN_MS = 30 * 60_000;

interface Given extends FollowingOptions {
  readonly signal: AbortSignal;
  readonly contactPages?: number;
}

/** Campaign files at a service. Methods throw OutdialError with the service's code. */
export class ServiceCampaignFiles extends FollowedAtService implements CampaignApplies {
  readonly #given: Given;

  constructor(address: ServiceAddress, given: Given) {
    super(address, given);
    this.#given = given;
  }

  async plan(files: readonly FileText[], activate: boolean): Promise<CampaignPlanView> {
    return this.#plan({ files: sent(files), activate });
  }

  /** Of a plan's file the service is told the hash: it has kept the plans that it showed. */
  again(agreed: string | CampaignPlan): Promise<CampaignPlanView> {
    return this.#plan({ plan: typeof agreed === "string" ? agreed : agreed.hash });
  }

  #plan(body: Asking<"campaigns.plan">["body"]): Promise<CampaignPlanView> {
    const { signal } = this.#given;
    return this.client.ask("campaigns.plan", { body: { ...body, ...this.#pages() }, signal, withinMs: PLAN_MS });
  }

  async latest(): Promise<CampaignApplySummary | undefined> {
    const { signal } = this.#given;
    return (await this.client.list("campaigns.applies", { most: 1, signal }))[0];
  }

  begin({ plan, confirm }: CampaignPlanView, source: string): Promise<CarriedOut<{ readonly job: string }>> {
    const body = { plan, confirm, ...this.#pages(), sourceName: source.slice(-MOST_NAME) };
    return this.client.carryOut("campaigns.apply", { body, signal: this.#given.signal });
  }

  async goOn(job: string): Promise<void> {
    await this.client.ask("campaigns.resumeApply", { params: { job } });
  }

  run(job: string, onProgress: Parameters<CampaignApplies["run"]>[1]): Promise<CampaignApplyView> {
    return this.following.through({
      look: (signal) => this.client.ask("campaigns.applied", { params: { job }, signal }),
      ended: ({ endedAt, standing }) => endedAt !== null || standing === "still",
      onLook: ({ endedAt, campaigns, results, phase }) => {
        if (endedAt === null) onProgress({ campaign: campaigns[results.length]?.name, phase });
      },
      again: "outdial campaign resume-apply",
    });
  }

  async drift(files: readonly FileText[], managedOnly: boolean): Promise<CampaignDriftView> {
    const { signal } = this.#given;
    return this.client.ask("campaigns.drift", { body: { files: sent(files), managedOnly }, signal, withinMs: PLAN_MS });
  }

  async export(ids: readonly string[]): Promise<CampaignsExported> {
    const { signal } = this.#given;
    return this.client.ask("campaigns.export", { query: { id: ids }, signal, withinMs: PLAN_MS });
  }

  #pages(): { readonly contactPages?: number } {
    const { contactPages } = this.#given;
    return contactPages === undefined ? {} : { contactPages: Math.min(contactPages, MOST_PAGES) };
  }
}

/** Throws OperationError `invalid_input` for files that no service takes. */
function sent(files: readonly FileText[]) {
  const all = files.map(({ name, text }) => ({ name: name.slice(-MOST_NAME), text }));
  const refuse = (sizes: readonly number[], unit: string, most: number) => {
    const largest = files[sizes.indexOf(Math.max(...sizes))];
    if (largest === undefined || sizes.reduce((sum, size) => sum + size, 0) <= most) return;
    const which = files.length === 1 ? `${largest.name} has` : `${largest.name}, the largest of ${files.length} files, has`;
    throw new OperationError(
      "invalid_input",
      `${which} ${Math.max(...sizes)} ${unit}; a service takes campaign files of at most ${most} ${unit} together`,
    );
  };
  const characters = files.map(({ text }) => text.length);
  refuse(characters, "characters", MOST_CAMPAIGN_TEXT);
  const bytes = all.map((file) => Buffer.byteLength(JSON.stringify(file)) + 1);
  refuse(bytes, "bytes as JSON", MOST_JSON_BYTES - REST_BYTES);
  return all;
}
