// Answers of the tenant compared with what the store knows, and the word of a person that something is gone or fewer.

import { formatInstant } from "../../compliance/index.ts";
import { agoOf, type Clock, DAY_MS, durationText, type Instant, isWithin, MINUTE_MS } from "../../kernel/index.ts";
import type { Store } from "../../store/index.ts";
import {
  type AnsweredHour,
  type CallOptions,
  type CampaignProvisioning,
  type CampaignView,
  type ContactSource,
  type ListCounts,
  type MetricsSource,
  TenantError,
} from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { MissingList, MissingThing, SaidGone } from "../views/schemas/tenant.ts";
import { partOf, timeText } from "../views/texts.ts";

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
interface ListDeps {
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
interface ReadContacts {
  readonly listId: string;
  /** When the reading began. */
  readonly at: Instant;
  /** How many contacts there are as the tenant says; undefined when it does not. */
  readonly announced: number | undefined;
  /** How many it gave; undefined when they were not read to the end. */
  readonly read?: number | undefined;
  /** The campaign that calls the list, where it is known: the tenant may count by campaign. */
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
  // A tenant's list of lists that lacks this one counts none of its contacts; one that is refused says nothing.
  const own = (await source.counts?.({ campaignId, listId }, call).then((found) => found ?? NONE, notCounted)) ?? {};
  const { contacts: all = null, final = null } = own;
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

const NONE: Partial<ListCounts> = { contacts: 0 };

const REFUSED: ReadonlySet<TenantError["code"]> = new Set(["missing_scope", "not_found", "refused"]);

/** For so long a count of live answers of 30 days is one to compare with, ms. */
const COUNTED_MS = DAY_MS;

/**
 * The live answers that the tenant counts of a campaign before `now`; `told` is undefined where it counts none or refuses this role its figures, which it
 * will go on to do. Throws TenantError: a tenant that counts and does not answer lets nothing be known; StoreError.
 * @returns `shorter`: a sentence when it counts far fewer than a day ago or less: then how many were abandoned is not known
 */
export async function countAnswers(
  {
    metrics,
    store: { knownCounts },
    clock,
  }: {
    readonly metrics: Pick<MetricsSource, "answered">;
    readonly store: Pick<Store, "knownCounts">;
    readonly clock: Clock;
  },
  campaignId: string,
  now: Instant,
  call?: CallOptions,
): Promise<{ readonly told?: readonly AnsweredHour[] | undefined; readonly shorter?: string | undefined }> {
  if (metrics.answered === undefined) return {};
  let told: readonly AnsweredHour[] | undefined;
  try {
    told = await metrics.answered(campaignId, now, call);
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || !REFUSED.has(thrown.code)) throw thrown;
    return {};
  }
  const at = clock.now();
  const count = (told ?? []).reduce((sum, { connects, abandons }) => sum + connects + abandons, 0);
  const known = await knownCounts.find("answers", campaignId);
  const before = known !== undefined && isWithin(COUNTED_MS, known.seenAt, at) ? [known] : [];
  const numbers = before.map((one) => ({ count: one.count, by: "the count before", at: one.seenAt, share: HALF }));
  const shorter = shorterWords(
    compare({ count }, { numbers }),
    `the tenant's count of live answers of campaign ${campaignId}`,
    "answer",
  );
  if (shorter === undefined) await knownCounts.renew("answers", campaignId, count, at);
  return { told, shorter: shorter && `${shorter}: how many were abandoned is not known` };
}

function notCounted(thrown: unknown): undefined {
  if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
  return undefined;
}

/** By a list of longer ago it is not known what the tenant has, ms. */
const OLD_MS = 15 * MINUTE_MS;

/** What the tenant's answers lack, and the word of a person about it. Errors: OperationError, StoreError. */
export class KnownAnswers {
  readonly #store: Pick<Store, "knownCampaigns" | "knownCounts" | "tenantReadings">;
  readonly #clock: Clock;

  constructor({
    store,
    clock,
  }: { readonly store: Pick<Store, "knownCampaigns" | "knownCounts" | "tenantReadings">; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The same with when that answer was, and why there is none since. */
  async list(): Promise<MissingList> {
    const { knownCampaigns, tenantReadings } = this.#store;
    const asked = [this.missing(), knownCampaigns.list(), tenantReadings.list(["campaigns"])] as const;
    const [items, campaigns, [reading]] = await Promise.all(asked);
    // A command reads the list, too.
    const at = Math.max(reading?.readAt ?? 0, ...campaigns.map(({ statusAt }) => statusAt));
    const refused = reading?.problem && (reading.triedAt ?? 0) > at ? reading.problem : null;
    const ago = agoOf(at, this.#clock.now());
    const old = at > 0 && ago > OLD_MS ? { code: "old", message: `the tenant's latest list is ${durationText(ago)} old` } : null;
    const problem = refused ?? old;
    return { items: [...items], known: partOf(at === 0 ? null : at, problem) };
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

// An answer of the tenant compared with what is known besides it: one answer is never the only evidence that something is not there. Pure.

/** A thing that is known to be there. */
export interface KnownThing {
  readonly id: string;
  readonly name: string;
  /** When it was last seen; null when that is not known. */
  readonly at: Instant | null;
}

/** A number of things that is known. */
interface KnownNumber {
  readonly count: number;
  /** In words, who counted them, such as "the tenant's own counter". */
  readonly by: string;
  readonly at: Instant | null;
  /** An answer below this share of `count` is shorter, 0 to 1. */
  readonly share: number;
  /** What is compared with it; the answer's whole number where it is absent. */
  readonly brought?: number | undefined;
  /** Why there are fewer, where that is known. */
  readonly why?: string | undefined;
}

/** What the tenant answered: the things themselves, or how many there are; undefined where it does not say. */
interface Answer {
  readonly ids?: ReadonlySet<string> | undefined;
  readonly count?: number | undefined;
}

/** What is known besides the answer. */
interface Known {
  readonly things?: readonly KnownThing[] | undefined;
  readonly numbers?: readonly KnownNumber[] | undefined;
}

/**
 * - `ok`: the answer has all that is known, or not far fewer. `shorter`: it lacks something.
 * - `unknown`: nothing is known that it could be compared with, or it does not say how many there are.
 */
export interface Comparison {
  readonly verdict: "ok" | "shorter" | "unknown";
  /** Known things that the answer lacks. */
  readonly lacks: readonly KnownThing[];
  /** Known numbers that the answer is far below. */
  readonly below: readonly KnownNumber[];
  /** The answer's number, as far as it says one. */
  readonly answered: number | null;
}

/** A list of contacts that shrank to less than this share of the most that it had needs a person's word. */
export const HALF = 0.5;

/** Compares. Knowing more never makes a verdict better, except that nothing at all gives `unknown`. */
export function compare(answer: Answer, { things = [], numbers = [] }: Known): Comparison {
  const { ids, count } = answer;
  const answered = count ?? ids?.size ?? null;
  const lacks = ids === undefined ? [] : things.filter(({ id }) => !ids.has(id));
  const below = answered === null ? [] : numbers.filter(({ brought = answered, share, count }) => brought < share * count);
  const isShorter = lacks.length > 0 || below.length > 0;
  const compared = (ids === undefined ? 0 : things.length) + (answered === null ? 0 : numbers.length);
  return { verdict: isShorter ? "shorter" : compared === 0 ? "unknown" : "ok", lacks, below, answered };
}

/** Most things that a sentence names. */
const NAMED = 5;

/**
 * A sentence about a shorter answer; undefined for any other.
 * @param what such as "the tenant's list of campaigns" @param noun of the things, in the singular
 */
export function shorterWords({ verdict, lacks, below, answered }: Comparison, what: string, noun: string): string | undefined {
  if (verdict !== "shorter") return undefined;
  const parts: string[] = [];
  if (lacks.length > 0) {
    const names = lacks.slice(0, NAMED).map(({ id, name }) => (name === id ? id : `${name} (${id})`));
    const more = lacks.length > NAMED ? ` and ${lacks.length - NAMED} more` : "";
    parts.push(`it lacks ${lacks.length} ${noun}${lacks.length === 1 ? "" : "s"}: ${names.join(", ")}${more}`);
  }
  // A reason that several have is told once.
  for (const [why, told] of Map.groupBy(below, (one) => one.why)) {
    const each = told.map(
      ({ count, by, at, brought = answered }) =>
        `it has ${brought} ${noun}s, and ${by} says ${count}${at === null ? "" : `, ${formatInstant(at)}`}`,
    );
    parts.push(`${each.join("; ")}${why === undefined ? "" : ` (${why})`}`);
  }
  return `${what} is shorter than known: ${parts.join("; ")}`;
}
