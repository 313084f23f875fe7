// Skills that dial: media type 4, outbound, "Personal Connection". The id of a campaign in this profile is a skill's id.

import { type AcdReply, MAX_ACTIVE_RECORDS, MAX_LIST_DAYS, PERSONAL_CONNECTION, PHONE_MEDIA } from "../../contract/acd/index.ts";
import { type Clock, DAY_MS, timeOf } from "../../kernel/index.ts";
import type { CampaignRunner, CountsAsked, Inventory } from "../capabilities.ts";
import { TenantError } from "../errors.ts";
import type { CallReport } from "../report.ts";
import type { CampaignView, ListCounts } from "../views.ts";
import { type AcdRow, acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

type Skill = NonNullable<AcdReply<"getSkill">>;

const NO_LISTS: ReadonlyMap<string, SkillLists> = new Map();
/** Separates the ids of lists in the id that stands for all lists of a skill. */
export const LIST_JOINT = "+";
/** A skill's lists change only by uploads: how often they are requested, ms. */
const LISTS_MS = 60_000;

/** The active lists of a skill. */
interface SkillLists {
  readonly ids: readonly string[];
  /** Those that were, too. */
  readonly ever: readonly string[];
  readonly counts: readonly ListCounts[];
}
type ListOfSkill = NonNullable<CallList["skills"]>[number];
type CallList = AcdRow<"listCallLists">;
interface ReadLists {
  readonly bySkill: ReadonlyMap<string, SkillLists>;
  readonly all: readonly CallList[];
}

const dials = ({ mediaTypeId, isOutbound, outboundStrategy }: Skill): boolean =>
  (mediaTypeId === undefined || mediaTypeId === PHONE_MEDIA) && isOutbound !== false && outboundStrategy === PERSONAL_CONNECTION;

/** Skills that dial, with their calling lists; the lists are cached for a short time. */
export class Skills {
  readonly #requester: AcdRequester;
  readonly #clock: Clock;
  /** As last listed. */
  #ids: readonly string[] | undefined;
  #lists: { readonly until: number; readonly read: Promise<ReadLists> } | undefined;

  constructor(requester: AcdRequester, clock: Clock) {
    this.#requester = requester;
    this.#clock = clock;
  }

  /** @throws TenantError `not_found`, also for a skill that does not dial */
  async read(skillId: string, options: AcdCallOptions): Promise<Skill> {
    const { reply } = await this.#requester.request("getSkill", { ...options, path: { skillId } });
    if (dials(reply)) return reply;
    throw new TenantError(
      "not_found",
      `skill ${skillId} does not dial: it is not an outbound skill of the strategy ${PERSONAL_CONNECTION}`,
      {
        operationId: "getSkill",
        status: 200,
      },
    );
  }

  async view(skillId: string, options: AcdCallOptions): Promise<CampaignView> {
    const [skill, lists] = await Promise.all([this.read(skillId, options), this.listsOf(skillId, options)]);
    return viewOf(skill, lists);
  }

  /** All skills that dial. */
  async *views(options: AcdCallOptions): AsyncGenerator<CampaignView, void, undefined> {
    // A stop wants to know which skills run: calling lists must not hold it up.
    const lists = options.lane === "stop" ? NO_LISTS : await this.#allLists(options);
    for await (const skill of this.#all(options)) yield viewOf(skill, lists.get(skill.skillId)?.ids ?? []);
  }

  async *#all(options: AcdCallOptions): AsyncGenerator<Skill, void, undefined> {
    const query = { mediaTypeId: PHONE_MEDIA, outboundStrategy: PERSONAL_CONNECTION };
    const ids: string[] = [];
    for await (const skill of acdRows(this.#requester, "listSkills", { ...options, query })) {
      if (!dials(skill)) continue;
      ids.push(skill.skillId);
      yield skill;
    }
    this.#ids = ids;
  }

  /** Ids of the skills that dial, as they were when last listed to the end. */
  async ids(options: AcdCallOptions): Promise<readonly string[]> {
    return this.#ids ?? (await Array.fromAsync(this.#all(options), ({ skillId }) => skillId));
  }

  /** Ids of the lists that a skill calls. */
  async listsOf(skillId: string, options: AcdCallOptions): Promise<readonly string[]> {
    return (await this.#allLists(options)).get(skillId)?.ids ?? [];
  }

  /** Also ids of lists that it no longer calls, and that the tenant still has. */
  async everListsOf(skillId: string, options: AcdCallOptions): Promise<readonly string[]> {
    return (await this.#allLists(options)).get(skillId)?.ever ?? [];
  }

  /** Ids of the lists that the tenant has, of whatever skill. */
  async allListIds(options: AcdCallOptions): Promise<ReadonlySet<string>> {
    return new Set([...(await this.#allLists(options)).values()].flatMap(({ ever }) => ever));
  }

  /**
   * See `ContactSource`. Of a list that several skills call, and of which it is not said for whom, the counts of the one with the fewest open contacts. A count that
   * one of several lists lacks is unknown for all.
   */
  async listCounts(
    { campaignId, listId }: CountsAsked,
    options: AcdCallOptions,
    isAnew = false,
  ): Promise<ListCounts | undefined> {
    const { all, bySkill } = await this.#listsRead(options);
    const parts = [listId, ...(listId?.split(LIST_JOINT) ?? [])];
    const named = all.filter(
      ({ listId: id, listName }) => parts.includes(id) || (listName !== undefined && parts.includes(listName)),
    );
    const counts = campaignId === undefined ? named.map(leastOpen) : (bySkill.get(campaignId)?.counts ?? []);
    if (counts.length === 0 && listId !== undefined && !isAnew) {
      // It may have been made since: only an answer of now says that there is none.
      this.#lists = undefined;
      return this.listCounts({ campaignId, listId }, options, true);
    }
    if (counts.length === 0) return undefined;
    return {
      contacts: sumOf(counts.map(({ contacts }) => contacts)),
      attempted: sumOf(counts.map(({ attempted }) => attempted)),
      final: sumOf(counts.map(({ final }) => final)),
    };
  }

  /** The ids of the lists that a text refers to: ids, or names as in campaign files. Anything else is left as it is. */
  async listIds(text: string, options: AcdCallOptions): Promise<readonly string[]> {
    const parts = text.split(LIST_JOINT);
    if (parts.every((part) => /^\d+$/.test(part))) return parts;
    const ids = new Map<string, string>();
    for await (const { listId, listName } of acdRows(this.#requester, "listCallLists", options))
      ids.set(listName ?? listId, listId);
    const whole = ids.get(text);
    return whole === undefined ? parts.map((part) => ids.get(part) ?? part) : [whole];
  }

  /** For each list of a skill, the other skills that call it. */
  async sharing(skillId: string, options: AcdCallOptions): Promise<ReadonlyMap<string, readonly string[]>> {
    const all = await this.#allLists(options);
    const own = all.get(skillId)?.ever ?? [];
    const others = (listId: string) =>
      [...all].flatMap(([other, { ever }]) => (other !== skillId && ever.includes(listId) ? [other] : []));
    return new Map(own.map((listId) => [listId, others(listId)]));
  }

  /** See `ContactSource`. Contacts that are done with count, too: whether the vendor counts them is not known. */
  async inventory(at: number, options: AcdCallOptions): Promise<Inventory> {
    const [{ all }, groups] = await Promise.all([
      this.#listsRead(options),
      // The other counts do not depend on a right that this user may lack.
      Array.fromAsync(acdRows(this.#requester, "listDncGroups", options)).catch((thrown: unknown) => {
        if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
        return undefined;
      }),
    ]);
    const lists = all.filter(({ status = "Active" }) => status === "Active");
    return {
      contacts: sumOf(lists.map(({ prospectiveContactCount: count }) => count)),
      doNotCall:
        groups === undefined
          ? null
          : sumOf(groups.filter(({ isRemoved }) => isRemoved !== true).map(({ validRecords }) => validRecords)),
      most: MAX_ACTIVE_RECORDS,
      keptDays: MAX_LIST_DAYS,
      lists: lists.map(({ listId, listName, uploadDate, createDate }) => {
        const since = timeOf(uploadDate || createDate);
        return { id: listId, name: listName ?? listId, days: since === undefined ? null : (at - since) / DAY_MS };
      }),
    };
  }

  async #allLists(options: AcdCallOptions): Promise<ReadonlyMap<string, SkillLists>> {
    return (await this.#listsRead(options)).bySkill;
  }

  async #listsRead(options: AcdCallOptions): Promise<ReadLists> {
    const now = this.#clock.now();
    if (this.#lists === undefined || this.#lists.until <= now || this.#lists.until > now + LISTS_MS) {
      const read = this.#readLists(options);
      this.#lists = { until: now + LISTS_MS, read };
      read.catch(() => (this.#lists = undefined));
    }
    return this.#lists.read;
  }

  async #readLists(options: AcdCallOptions): Promise<ReadLists> {
    const bySkill = new Map<string, { ids: string[]; ever: string[]; counts: ListCounts[] }>();
    const all: CallList[] = [];
    for await (const list of acdRows(this.#requester, "listCallLists", options)) {
      all.push(list);
      for (const skill of list.skills ?? []) {
        const own = bySkill.get(skill.skillId) ?? { ids: [], ever: [], counts: [] };
        bySkill.set(skill.skillId, own);
        own.ever.push(list.listId);
        if (list.status !== undefined && list.status !== "Active") continue;
        own.ids.push(list.listId);
        own.counts.push(countsOf(list, skill));
      }
    }
    return { bySkill, all };
  }

  /**
   * Starts or stops a skill. A stop lets running calls end. An answer that may mean "already so" is checked by a read.
   * @throws TenantError
   */
  async setStatus(
    skillId: string,
    status: "active" | "paused",
    options: AcdCallOptions,
  ): ReturnType<CampaignRunner["setStatus"]> {
    try {
      const { attempts, rateLimited, waitedMs, latencyMs, earlierUnknown } =
        status === "active"
          ? await this.#requester.request("startSkill", { ...options, path: { skillId } })
          : await this.#requester.request("stopSkill", { ...options, path: { skillId }, query: { force: false } });
      return { already: false, attempts, rateLimited, waitedMs, latencyMs, earlierUnknown };
    } catch (thrown) {
      const maybe = thrown instanceof TenantError && (thrown.status === 409 || (status === "paused" && thrown.status === 404));
      if (!maybe) throw thrown;
      if (!(await this.#turnsOut(skillId, status === "active", { ...options, deadlineMs: undefined }))) throw thrown;
      const report: CallReport = thrown.report;
      return { already: true, ...report };
    }
  }

  /**
   * Whether a skill has the requested state, now or within some seconds: while an accepted start or stop is not in force yet, a
   * second one is refused.
   */
  async #turnsOut(skillId: string, wanted: boolean, options: AcdCallOptions): Promise<boolean> {
    const isSo = async () => ((await this.read(skillId, options)).isRunning === true) === wanted;
    for (const ms of LOOKS_MS) {
      if (await isSo()) return true;
      await this.#clock.sleep(ms, options.signal);
    }
    return isSo();
  }
}

/** Null when one of them is not known. */
const sumOf = (counts: readonly (number | null | undefined)[]): number | null =>
  counts.reduce<number | null>((all, count) => (all === null || count === null || count === undefined ? null : all + count), 0);

/**
 * The counts of one list for one skill. A list's total is that of its last upload, so the contacts are those that the skill has
 * of it, otherwise the prospective contacts. Contradictory counts are treated as unknown.
 */
function countsOf(list: Partial<CallList>, skill: ListOfSkill): ListCounts {
  const contacts = skill.totalRecords ?? list.prospectiveContactCount ?? null;
  const within = (count: number | undefined) =>
    count === undefined || contacts === null || count < 0 || count > contacts ? null : count;
  const fresh = within(skill.freshRecords);
  return {
    contacts,
    attempted: fresh === null || contacts === null ? null : contacts - fresh,
    final: within(skill.finalizedRecords),
  };
}

/** The counts of a list for the skill that has the fewest open contacts of it; a list without skills has contacts alone. */
export function leastOpen(list: Partial<CallList>): ListCounts {
  const open = ({ contacts, final }: ListCounts) =>
    contacts === null || final === null ? Number.POSITIVE_INFINITY : contacts - final;
  const [least] = (list.skills ?? []).map((skill) => countsOf(list, skill)).toSorted((a, b) => open(a) - open(b));
  return least ?? { contacts: list.prospectiveContactCount ?? null, attempted: null, final: null };
}

/** Pauses between checking whether an accepted start or stop is in force, ms. */
const LOOKS_MS = [500, 1000, 1500, 2000];

/** A skill as a campaign. @param lists ids of its calling lists */
export function viewOf(skill: Skill, lists: readonly string[]): CampaignView {
  const { skillId, skillName, isRunning, isActive, campaignId, campaignName, ...vendor } = skill;
  return {
    id: skillId,
    name: skillName ?? skillId,
    // `isRunning` is the only state of a run: a stop is used as the pause.
    status: isRunning === true ? "active" : isActive === false ? "inactive" : "paused",
    ...(lists.length > 0 && { contactListId: lists.join(LIST_JOINT) }),
    ...(campaignId !== undefined && { reportingGroup: { id: campaignId, name: campaignName } }),
    skill: vendor,
  };
}
