// Campaigns as they are known: from stored data, and read first when that is asked for. Outdated data is read in the background.

import { nearest } from "../../kernel/index.ts";
import { TenantError } from "../../tenant/port.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { timesOf } from "../readings.ts";
import type { TenantRefresh } from "../refresh/refresh.ts";
import { timeText } from "../views/texts.ts";
import type { KnownHealth } from "./health/known.ts";
import { knownCampaign, knownList } from "./health/known-campaigns.ts";
import { suggesting } from "./nearest.ts";

/** Reads campaigns from the store, or from the tenant first. Errors: OperationError, TenantError. */
export class CampaignReads {
  readonly #context: Context;
  /** Keeps stored data about the tenant fresh. */
  readonly #refresh: TenantRefresh;

  constructor(context: Context, refresh: TenantRefresh) {
    this.#context = context;
    this.#refresh = refresh;
  }

  /** All campaigns. @param fresh reads the list first */
  async list(fresh: boolean) {
    const refresh = this.#refresh;
    if (fresh) await refresh.listNow();
    const known = await knownList(this.#context.store, this.#context.clock);
    // Not earlier: due readings are looked up in the same process, and would delay the answer.
    refresh.looking("campaigns");
    return known;
  }

  /** One campaign. Throws OperationError `not_found` when the list does not name it. @param fresh reads it first */
  async campaign(id: string, fresh: boolean): Promise<KnownHealth> {
    const refresh = this.#refresh;
    const { store, clock } = this.#context;
    if (fresh)
      await suggesting(
        id,
        () => this.ids(),
        () => refresh.campaignNow(id),
      );
    const known = await knownCampaign(store, id, clock.now());
    if (known.readAt.status === null || known.isGone) {
      const { readAt } = timesOf(await store.tenantReadings.find({ what: "campaigns" }));
      if (readAt !== null) {
        const near = nearest(id, await this.ids());
        throw new OperationError("not_found", `the tenant's list of campaigns, read ${timeText(readAt)}, does not have ${id}`, {
          advice: `${near === undefined ? "" : `Did you mean ${near}? `}A campaign that was created since then is listed within a minute. With fresh=true the API reads the tenant first.`,
        });
      }
    }
    refresh.looking({ campaign: id });
    return known;
  }

  /**
   * Id of the most relevant campaign: the primary of a pair, otherwise one that dials. Throws OperationError `not_available` when
   * there is none, `not_read_yet`.
   */
  async foremost(fresh: boolean): Promise<string> {
    const { campaigns, readAt, failed } = await this.list(fresh);
    const primary = campaigns.find(({ failover }) => failover?.role === "primary");
    const one = primary ?? campaigns.find(({ status }) => status === "active") ?? campaigns[0];
    if (one !== undefined) return one.id;
    if (readAt !== null) throw new OperationError("not_available", "the tenant has no campaign");
    const why = failed === null ? "" : `: ${failed.message}`;
    throw new OperationError("not_read_yet", `the tenant's list of campaigns has not been read yet${why}`, {
      advice: "Ask again in a few seconds, or with fresh=true.",
    });
  }

  /** Reads a campaign, or the list. @returns why the tenant could not be read */
  async readNow(id: string | undefined): Promise<KnownHealth["failed"]> {
    const refresh = this.#refresh;
    try {
      await (id === undefined
        ? refresh.listNow()
        : suggesting(
            id,
            () => this.ids(),
            () => refresh.campaignNow(id),
          ));
      return null;
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || thrown.code === "not_found") throw thrown;
      return { code: thrown.code, message: thrown.message, at: this.#context.clock.now() };
    }
  }

  /** Ids of the campaigns that are known. */
  async ids(): Promise<readonly string[]> {
    return (await this.#context.store.knownCampaigns.list()).map((one) => one.id);
  }
}
