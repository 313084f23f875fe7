// Answers of the tenant compared with what the store knows, and the word of a person that something is gone or fewer.

import type { Clock, Instant } from "../../kernel/index.ts";
import type { Store } from "../../store/index.ts";
import {
  type CallOptions,
  type CampaignProvisioning,
  type CampaignView,
  type ContactSource,
  TenantError,
} from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { MissingThing, SaidGone } from "../views/schemas/tenant.ts";
import { timeText } from "../views/texts.ts";
import { type Comparison, compare, HALF, shorterWords } from "./compare.ts";

/** How a person says that what is missing is really gone. */
export const SAY_GONE = "outdial tenant missing shows it; outdial tenant gone ID says that it is really gone";

/** The tenant's list of campaigns, read to its end, and what it lacks of those that are known. */
export interface ListedCampaigns {
  readonly campaigns: readonly CampaignView[];
  readonly comparison: Comparison;
  /** A sentence when it is shorter than known; undefined otherwise. */
  readonly shorter: string | undefined;
}

/** What the list is read from and compared with. */
export interface ListDeps {
  readonly provisioning: Pick<CampaignProvisioning, "campaigns">;
  /** Without one nothing is known. */
  readonly store: Pick<Store, "knownCampaigns"> | undefined;
  readonly clock: Clock;
}

/**
 * Reads the list to its end, compares it with the known campaigns, and keeps it: what it lacks stays known. Throws TenantError,
 * StoreError.
 */
export async function listCampaigns({ provisioning, store, clock }: ListDeps, call: CallOptions = {}): Promise<ListedCampaigns> {
  const at = clock.now();
  const campaigns: CampaignView[] = [];
  for await (const one of provisioning.campaigns(call)) campaigns.push(one);
  const kept = campaigns.map(({ id, name, status }) => ({ id, name: name ?? id, status: status ?? "unknown" }));
  const known = (await store?.knownCampaigns.list()) ?? [];
  await store?.knownCampaigns.keep(kept, at);
  const things = known.map(({ id, name, statusAt }) => ({ id, name, at: statusAt }));
  const comparison = compare({ ids: new Set(kept.map(({ id }) => id)) }, { things });
  return { campaigns, comparison, shorter: shorterWords(comparison, "the tenant's list of campaigns", "campaign") };
}

/** A contact list as it was read. */
export interface ReadContacts {
  readonly listId: string;
  /** When the reading began. */
  readonly at: Instant;
  /** How many contacts there are as the tenant says; undefined when it does not. */
  readonly announced: number | undefined;
  /** How many it gave; undefined when they were not read to the end. */
  readonly read?: number | undefined;
  /** The campaign that calls the list, where the tenant counts by campaign. */
  readonly campaignId?: string | undefined;
}

/**
 * Compares the number of contacts on a list with the largest one that was believed since a person's last word, so that small steps add up, and with the
 * tenant's own counter, where it has one, and keeps it. Throws StoreError, TenantError `aborted`.
 * @returns a sentence when there are far fewer than known; undefined otherwise
 */
export async function countContacts(
  { source, store }: { readonly source: Pick<ContactSource, "counts">; readonly store: Pick<Store, "knownCounts"> },
  { listId, at, announced, read, campaignId }: ReadContacts,
  call: CallOptions = {},
): Promise<string | undefined> {
  const own = campaignId === undefined ? undefined : await source.counts?.(campaignId, call).catch(notCounted);
  const { contacts: all = null, final = null } = own ?? {};
  // Where the tenant counts by itself, it gives only contacts that are not final: fewer from day to day.
  const count = all ?? announced ?? (source.counts === undefined ? read : undefined);
  const most = await store.knownCounts.find("contacts", listId);
  const before = most === undefined ? [] : [{ count: most.count, by: "the most that it had", at: most.seenAt, share: HALF }];
  const compared = compare({ count }, { numbers: before });
  if (count !== undefined)
    await store.knownCounts.keep("contacts", listId, count, { at, believed: compared.verdict !== "shorter" });
  const open =
    all === null || final === null ? [] : [{ count: all - final, by: "the tenant's own counter", at: null, share: HALF }];
  const words = (one: Comparison) => shorterWords(one, `contact list ${listId}`, "contact");
  return words(compared) ?? words(compare({ count: read }, { numbers: open }));
}

function notCounted(thrown: unknown): undefined {
  if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
  return undefined;
}

/** What the tenant's answers lack, and the word of a person about it. Errors: OperationError, StoreError. */
export class KnownAnswers {
  readonly #store: Pick<Store, "knownCampaigns" | "knownCounts">;

  constructor({ store }: { readonly store: Pick<Store, "knownCampaigns" | "knownCounts"> }) {
    this.#store = store;
  }

  /** What is known and the tenant's last answer lacks. */
  async missing(): Promise<readonly MissingThing[]> {
    const [campaigns, counts] = await Promise.all([this.#store.knownCampaigns.list(), this.#store.knownCounts.lower()]);
    return [
      ...campaigns.flatMap(({ id, name, status, statusAt, lackingSince }) =>
        lackingSince === null
          ? []
          : [
              {
                what: "campaign" as const,
                id,
                name,
                known: `${status}, ${timeText(statusAt)}`,
                answered: "not on the tenant's list",
                since: timeText(lackingSince),
              },
            ],
      ),
      ...counts.map(({ subject, count, seenAt, answered, answeredAt }) => ({
        what: "contacts" as const,
        id: subject,
        name: subject,
        known: `${count} contacts, ${timeText(seenAt)}`,
        answered: `${answered ?? 0} contacts`,
        since: timeText(answeredAt ?? seenAt),
      })),
    ];
  }

  /**
   * Takes a person's word that campaigns are gone, or that lists of contacts have as few as the tenant says.
   * @throws OperationError `invalid_input` for an id of which nothing is missing: then nothing is changed
   */
  async gone(ids: readonly string[], by: string, reason: string | undefined): Promise<SaidGone> {
    const missing = await this.missing();
    const strange = ids.find((id) => !missing.some((one) => one.id === id));
    if (ids.length === 0 || strange !== undefined)
      throw new OperationError("invalid_input", strange === undefined ? "no id was given" : `nothing of ${strange} is missing`, {
        advice: "outdial tenant missing shows what the tenant's answers lack.",
      });
    const entry = (subject: string, action: string, details: object) => ({
      actor: by,
      action,
      subject,
      details: { ...details, ...(reason === undefined ? {} : { reason }) },
    });
    const campaigns = await this.#store.knownCampaigns.goneByWord(ids, (id) => entry(id, "campaign.gone", {}));
    const lists = await this.#store.knownCounts.confirm("contacts", ids, (id, counts) => entry(id, "contacts.fewer", counts));
    return { campaigns, lists };
  }
}
