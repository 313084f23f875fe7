// A campaign file on the ACD API: a campaign (a group), a skill that dials, its parameters, its list, and the do-not-call groups
// it obeys. Each is looked for by name before it is made; one is made at a time; nothing is started and nothing is deleted.

import { type AcdBody, MAX_UPLOAD_RECORDS, PERSONAL_CONNECTION, PHONE_MEDIA } from "../../contract/acd/index.ts";
import { type Clock, DAY_MS } from "../../kernel/index.ts";
import type { CampaignToFit, CopiedList, FittedCampaign, PlacedPiece, Placing } from "../capabilities.ts";
import { TenantError } from "../errors.ts";
import type { CampaignView } from "../views.ts";
import { doNotCallGroups } from "./do-not-call.ts";
import { acdRows } from "./pages.ts";
import {
  type CallingList,
  DAY_MINUTES,
  fitted,
  type Holdable,
  holdable,
  isActive,
  isOn,
  mappingOf,
  minuteOf,
  mostOf,
  namesOf,
  PERCENT,
  percentOf,
  repaired,
  textIn,
  wantedLists,
  windowOf,
} from "./provision-form.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import { refusal, SkillControl, skillControl } from "./skill-control.ts";
import { type Skills, viewOf } from "./skills.ts";

type Skill = Awaited<ReturnType<Skills["read"]>>;

const EXTERNAL_ID = "externalId";
const PHONE = "phone";
/** Fields of records that a copy has. */
const COPIED = [
  "firstName",
  "lastName",
  "address",
  "city",
  "state",
  "zip",
  "timeZone",
  "customer1",
  "customer2",
  "priority",
  "score",
  "notes",
] as const;
/** Pauses between looking for a skill that was just made, ms: the tenant lists it seconds later. */
const LOOKS_MS = [500, 1000, 1500, 2000];
/** Reads, creates and changes campaigns (skills with their calling lists), and uploads files of records. */
export class Provisioning {
  readonly #requester: AcdRequester;
  readonly #skills: Skills;
  readonly #clock: Clock;
  readonly #lists: ProvisionedLists;
  readonly #control: SkillControl;

  constructor(requester: AcdRequester, skills: Skills, clock: Clock) {
    this.#requester = requester;
    this.#skills = skills;
    this.#clock = clock;
    this.#lists = new ProvisionedLists(requester, clock);
    this.#control = new SkillControl(requester);
  }

  /** A skill with what campaign files describe of it; lists and groups by name. @throws TenantError `not_found` */
  async read(skillId: string, options: AcdCallOptions): Promise<CampaignView> {
    const path = { skillId };
    const [skill, lists, general, zones, retry, groups] = await Promise.all([
      this.#skills.read(skillId, options),
      this.#lists.all(options),
      this.#requester.request("getGeneralSettings", { ...options, path }),
      this.#requester.request("getTimeZones", { ...options, path }),
      this.#requester.request("getRetry", { ...options, path }),
      this.#groups(options).obeyed(skillId, options),
    ]);
    const { reportingGroup, ...rest } = viewOf(skill, []);
    const { control, elsewhere } = await this.#control.read(skill, retry.reply, options);
    const names = namesOf(lists.filter((list) => isActive(list) && isOn(list, skillId)));
    const { overrideBusinessUnitAbandonRate: own, abandonRateThreshold: share } = general.reply;
    const window = windowOf(zones.reply.timeZoneSettings);
    const { restrictedCallingMinutes, restrictedCallingMaxAttempts } = retry.reply;
    const perDay = restrictedCallingMinutes === DAY_MINUTES ? restrictedCallingMaxAttempts : undefined;
    const most = mostOf(zones.reply.timeZoneSettings, retry.reply);
    const notInFile = [
      ...(window === undefined ? [`its calling hours differ by zone, between ${most.startTime} and ${most.endTime}`] : []),
      ...(perDay === undefined ? [`attempts: ${restrictedCallingMaxAttempts} within ${restrictedCallingMinutes} minutes`] : []),
      ...elsewhere,
    ];
    const callerId = textIn(rest["skill"], "callerIdOverride");
    return {
      ...rest,
      ...(names !== "" && { contactListId: names }),
      reportingGroup: textIn(reportingGroup, "name"),
      ...(callerId !== undefined && { callerId }),
      ...(groups.length > 0 && { doNotCallGroups: groups.map(({ name }) => name).sort() }),
      ...(own === true &&
        share !== undefined && { dialerConfig: { predictiveSettings: { abandonmentThreshold: share / PERCENT } } }),
      complianceConfig: {
        ...(window !== undefined && { dialingRules: window }),
        ...(perDay !== undefined && { rateLimits: { maxCallsPerContactPerDay: perDay } }),
      },
      skillControl: control,
      atMost: most,
      notInFile,
    };
  }

  /** Files as skills can hold them. A skill keeps lists and groups that a file does not name: nothing is removed. */
  async fit(wanted: readonly CampaignToFit[], options: AcdCallOptions): Promise<readonly FittedCampaign[]> {
    const lists = await this.#lists.all(options);
    const groups = new Set<string>();
    if (wanted.some(({ document }) => document["doNotCallGroups"] !== undefined))
      for await (const { dncGroupName, isActive: active } of acdRows(this.#requester, "listDncGroups", options))
        if (dncGroupName !== undefined && active !== false) groups.add(dncGroupName);
    const sections = wanted.map(({ document }) => skillControl.parse(document["skillControl"] ?? {}));
    const facts = { lists, groups, ...(await this.#control.facts(sections, options)) };
    return wanted.map((one) => fitted(one, facts));
  }

  /**
   * Makes or changes the first piece that is not as the document says; each is read before it is written.
   * @throws TenantError `refused`, `unknown_outcome`
   */
  async place(
    document: Readonly<Record<string, unknown>>,
    id: string | null,
    { fileName, records, status }: Placing,
    options: AcdCallOptions,
  ): Promise<PlacedPiece> {
    const wanted = holdable.parse(document);
    const group = wanted.reportingGroup ?? (id === null ? wanted.name : undefined);
    const groupId = group === undefined ? undefined : await this.#campaign(group, options);
    if (groupId !== undefined && groupId.made) return { done: false, piece: "campaign", id };
    const skillId = id ?? (await this.#skillNamed(wanted.name, options));
    if (skillId === undefined) {
      const made = await this.#createSkill(wanted, groupId?.id ?? "", options);
      return { done: false, piece: "skill", id: made };
    }
    const skill = await this.#skills.read(skillId, options);
    const piece =
      (await this.#stopped(skill, status, options)) ??
      (await this.#skill(skill, wanted, groupId?.id, options)) ??
      (await this.#parameters(skillId, wanted, options)) ??
      (await this.#control.place(wanted.skillControl, skillId, options)) ??
      (await this.#lists.place(skill, wanted, { fileName, records }, options)) ??
      (await this.#obeys(skillId, wanted.doNotCallGroups ?? [], options)) ??
      // The last, because some tenants refuse some weeks.
      (await this.#control.schedule(wanted.skillControl, skillId, options));
    if (piece !== undefined) return { done: false, piece, id: skillId };
    return {
      done: true,
      id: skillId,
      notes: wanted.contactListFile === undefined ? [] : await this.#lists.notTaken(wanted, options),
    };
  }

  /** The campaign with a name; made when there is none. */
  async #campaign(name: string, options: AcdCallOptions): Promise<{ readonly id: string; readonly made: boolean }> {
    const find = async () => {
      for await (const found of acdRows(this.#requester, "listCampaigns", { ...options, query: { searchString: name } }))
        if (found.name === name) return found.id;
      return undefined;
    };
    const there = await find();
    if (there !== undefined) return { id: there, made: false };
    const body = { name, isActive: true };
    const make = async () => {
      const { reply } = await this.#requester.request("createCampaign", { ...options, body });
      return reply.id ?? reply.campaignResults?.[0]?.campaignId;
    };
    const made = await this.#unlessThere(find, make, options.signal);
    return { id: made, made: true };
  }

  async #skillNamed(name: string, options: AcdCallOptions): Promise<string | undefined> {
    for await (const { skillId, skillName } of acdRows(this.#requester, "listSkills", {
      ...options,
      query: { searchString: name },
    }))
      if (skillName === name) return skillId;
    return undefined;
  }

  #createSkill({ name, callerId }: Holdable, campaignId: string, options: AcdCallOptions): Promise<string> {
    const body = {
      skills: [
        {
          skillName: name,
          mediaTypeId: PHONE_MEDIA,
          isOutbound: true,
          outboundStrategy: PERSONAL_CONNECTION,
          campaignId,
          ...(callerId !== undefined && { callerIdOverride: callerId }),
        },
      ],
    };
    return this.#unlessThere(
      () => this.#skillNamed(name, options),
      async () => (await this.#requester.request("createSkills", { ...options, body })).reply.skillsResults?.[0]?.skillId,
      options.signal,
    );
  }

  /**
   * Makes something with a name of its own. A refusal may mean that an earlier request, whose reply was lost, made it: then it is
   * looked for, for some seconds.
   */
  async #unlessThere(
    find: () => Promise<string | undefined>,
    make: () => Promise<string | undefined>,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    let refusal: unknown;
    try {
      const made = await make();
      if (made !== undefined) return made;
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || (thrown.code !== "refused" && thrown.code !== "conflict")) throw thrown;
      refusal = thrown;
    }
    for (const ms of LOOKS_MS) {
      const found = await find();
      if (found !== undefined) return found;
      await this.#clock.sleep(ms, signal);
    }
    const found = await find();
    if (found !== undefined) return found;
    throw refusal ?? new TenantError("unknown_outcome", "the tenant accepted it but gave no id", { outcomeUnknown: true });
  }

  async #stopped({ skillId, isRunning }: Skill, status: "active" | "paused", options: AcdCallOptions) {
    if (status === "active" || isRunning !== true) return undefined;
    await this.#skills.setStatus(skillId, "paused", { lane: "stop", ...options });
    return "stop";
  }

  /** Sets name, campaign, caller id and codes. */
  async #skill(
    skill: Skill,
    { name, callerId, skillControl: control }: Holdable,
    campaignId: string | undefined,
    options: AcdCallOptions,
  ) {
    const dispositions = await this.#control.codes(control, skill, options);
    const change = {
      ...(dispositions !== undefined && { dispositions }),
      ...(skill.skillName !== name && { skillName: name }),
      ...(campaignId !== undefined && skill.campaignId !== campaignId && { campaignId: Number(campaignId) }),
      ...(callerId !== undefined && skill.callerIdOverride !== callerId && { callerIdOverride: callerId }),
    };
    if (Object.keys(change).length === 0) return undefined;
    if (skill.isRunning === true)
      throw refusal("updateSkill", `skill ${skill.skillId} runs, and a running skill cannot be changed`);
    const body = { ...repaired(skill), ...change };
    await this.#requester.request("updateSkill", { ...options, path: { skillId: skill.skillId }, body });
    return "skill fields";
  }

  /** Sets the abandonment limit, the hours of the called person, attempts per day and retries. */
  async #parameters(
    skillId: string,
    { dialerConfig, complianceConfig, skillControl: control }: Holdable,
    options: AcdCallOptions,
  ) {
    const path = { skillId };
    const threshold = dialerConfig?.predictiveSettings?.abandonmentThreshold;
    if (threshold !== undefined) {
      const { reply } = await this.#requester.request("getGeneralSettings", { ...options, path });
      const abandonRateThreshold = percentOf(threshold);
      if (reply.abandonRateThreshold !== abandonRateThreshold || reply.overrideBusinessUnitAbandonRate !== true) {
        const body = { abandonRateThreshold, overrideBusinessUnitAbandonRate: true };
        await this.#requester.request("putGeneralSettings", { ...options, path, body });
        return "general settings";
      }
    }
    const rules = complianceConfig?.dialingRules;
    if (rules !== undefined) {
      const { timeZoneSettings } = (await this.#requester.request("getTimeZones", { ...options, path })).reply;
      const [startTime, endTime] = [minuteOf(rules.startTime), minuteOf(rules.endTime)];
      const now = windowOf(timeZoneSettings);
      if (now?.startTime !== `${startTime}:00` || now.endTime !== `${endTime}:00`) {
        // Zones that are not sent would be switched off: all are sent.
        const body = timeZoneSettings.map(({ standardName, timeZoneActiveToCall, overrideTime }) => ({
          standardName,
          startTime,
          endTime,
          timeZoneActiveToCall: timeZoneActiveToCall === true,
          ...(overrideTime !== undefined && { overrideTime }),
        }));
        await this.#requester.request("putTimeZones", { ...options, path, body });
        return "time zones";
      }
    }
    const perDay = complianceConfig?.rateLimits?.maxCallsPerContactPerDay;
    if (perDay === undefined && control.retry === undefined) return undefined;
    const { reply } = await this.#requester.request("getRetry", { ...options, path });
    const isSo =
      perDay === undefined || (reply.restrictedCallingMinutes === DAY_MINUTES && reply.restrictedCallingMaxAttempts === perDay);
    const body = {
      ...this.#control.retry(control, reply),
      ...(!isSo && { restrictedCallingMinutes: DAY_MINUTES, restrictedCallingMaxAttempts: perDay }),
    };
    if (Object.keys(body).length === 0) return undefined;
    await this.#requester.request("putRetry", { ...options, path, body });
    return "retry settings";
  }

  /** Assigns the first group that the skill does not obey yet. */
  async #obeys(skillId: string, names: readonly string[], options: AcdCallOptions): Promise<string | undefined> {
    if (names.length === 0) return undefined;
    const obeyed = new Set((await this.#groups(options).obeyed(skillId, options)).map(({ name }) => name));
    const missing = names.find((name) => !obeyed.has(name));
    if (missing === undefined) return undefined;
    for await (const { dncGroupId, dncGroupName, isActive: active } of acdRows(this.#requester, "listDncGroups", options)) {
      if (dncGroupName !== missing || active === false) continue;
      await this.#requester.request("addScrubbedSkill", { ...options, path: { groupId: dncGroupId, skillId } });
      return `do-not-call group ${missing}`;
    }
    throw refusal("addScrubbedSkill", `the tenant has no do-not-call group ${JSON.stringify(missing)}`);
  }

  /**
   * See `ContactSource.copyTo`. Custom fields are columns of their own names, without a mapping; agents and times that a record asks for stay behind.
   */
  async copyTo(from: string, to: string, options: AcdCallOptions): Promise<readonly CopiedList[]> {
    const there = await this.#lists.all(options);
    const copied: CopiedList[] = [];
    for (const list of there.filter((one) => isActive(one) && isOn(one, from))) {
      const name = list.listName ?? list.listId;
      const copy = `${name} of ${to}`;
      if (there.some((one) => one.listName === copy && isActive(one) && isOn(one, to))) {
        copied.push({ list: name, copy, records: 0, already: true, notes: [] });
        continue;
      }
      const { count, columns, content, notes } = await this.#recordsOf(list.listId, options);
      const held = {
        name: copy,
        contactListId: copy,
        contactListFile: { externalId: EXTERNAL_ID, phone: PHONE, columns: Object.fromEntries(columns.map((one) => [one, one])) },
      };
      const placing = { fileName: `outdial-${list.listId}-${to}-${count}.csv`, records: () => Promise.resolve(content) };
      // It is looked at again before each piece: what is uploaded to a skill that runs is dialed at once.
      while ((await this.#lists.place(await this.#still(to, options), held, placing, options)) !== undefined);
      notes.push(...(await this.#lists.notTaken(held, options)));
      if ((await this.#lists.all(options)).some(({ listId, ...one }) => listId === list.listId && isOn({ listId, ...one }, to)))
        notes.push(
          `${to} calls ${JSON.stringify(name)}, too: take that list off it in the vendor's administration, or its people are on two lists`,
        );
      copied.push({ list: name, copy, records: count, already: false, notes });
    }
    return copied;
  }

  /** A skill that nothing but a start lets dial. @throws TenantError `refused` */
  async #still(skillId: string, options: AcdCallOptions): Promise<Skill> {
    const [skill, { reply }] = await Promise.all([
      this.#skills.read(skillId, options),
      this.#requester.request("getSchedule", { ...options, path: { skillId } }),
    ]);
    const why = skill.isRunning === true ? "runs" : reply.isScheduled === false ? undefined : "may be started by its schedule";
    if (why !== undefined)
      throw refusal("uploadCallList", `skill ${skillId} ${why}: records that are uploaded to it are then dialed`);
    return skill;
  }

  /** The open records of a list as a file. */
  async #recordsOf(listId: string, options: AcdCallOptions) {
    const rows: ReadonlyMap<string, string>[] = [];
    let further = 0;
    const setting = { ...options, path: { listId }, query: { includeRecords: true, finalized: false } };
    for await (const record of acdRows(this.#requester, "readCallList", setting)) {
      const [first, ...others] = (record.destinations ?? []).flatMap((one) => one.formattedDestination || []);
      if (first === undefined) continue;
      further += others.length;
      const own = COPIED.map((name) => [name, record[name]] as const);
      const custom = (record.otherFields ?? []).map(({ fieldName, fieldValue }) => [fieldName ?? "", fieldValue] as const);
      const fields = [...custom, ...own, [EXTERNAL_ID, record.externalId] as const, [PHONE, first] as const];
      rows.push(new Map(fields.flatMap(([name, value]) => (name === "" || !value ? [] : [[name, String(value)]]))));
    }
    if (rows.length > MAX_UPLOAD_RECORDS)
      throw refusal("uploadCallList", `list ${listId} has ${rows.length} open records; one file takes ${MAX_UPLOAD_RECORDS}`);
    const header = [...new Set(rows.flatMap((row) => [...row.keys()]))];
    const line = (cells: readonly string[]) =>
      cells.map((cell) => (/[",\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");
    const lines = [header, ...rows.map((row) => header.map((name) => row.get(name) ?? ""))].map(line);
    return {
      count: rows.length,
      columns: COPIED.filter((name) => header.includes(name)),
      content: Buffer.from(`${lines.join("\r\n")}\r\n`),
      notes: further === 0 ? [] : [`${further} further numbers of records stay behind: a file has one number for each`],
    };
  }

  readonly #groups = (options: AcdCallOptions) => doNotCallGroups(this.#requester, READS, () => options);
}

const READS = { supported: true, lock: "none", asynchronous: false, writes: "merges", readBack: true } as const;

// The calling lists of a campaign file: made, filled by uploading a file of records, and assigned to a skill by that.

/** How often the job of an upload is checked, and for how long, ms. */
const JOB_LOOK_MS = 2000;
const JOB_LOOKS = 300;

/** Reads calling lists, makes them, and uploads records to them. */
class ProvisionedLists {
  readonly #requester: AcdRequester;
  readonly #clock: Clock;

  constructor(requester: AcdRequester, clock: Clock) {
    this.#requester = requester;
    this.#clock = clock;
  }

  /** The tenant's calling lists. */
  async all(options: AcdCallOptions): Promise<CallingList[]> {
    const lists: CallingList[] = [];
    for await (const list of acdRows(this.#requester, "listCallLists", options)) lists.push(list);
    return lists;
  }

  /** Makes the list when there is none of its name, and assigns it to the skill by uploading the records. */
  async place(
    { skillId, isRunning }: Pick<Skill, "skillId" | "isRunning">,
    { contactListId, contactListFile: file }: Pick<Holdable, "contactListId" | "contactListFile">,
    { fileName, records }: { readonly fileName: string; readonly records: () => Promise<Uint8Array> },
    options: AcdCallOptions,
  ): Promise<string | undefined> {
    // Of several names only one can be new: those that the skill has already exist.
    const lists = await this.all(options);
    const names = wantedLists(contactListId, lists);
    for (const name of names) {
      const list = lists.find((one) => one.listName === name && isActive(one));
      if (list === undefined) {
        if (file === undefined) throw refusal("mapCallList", `the tenant has no calling list ${JSON.stringify(name)}`);
        await this.#requester.request("mapCallList", { ...options, ...mappingOf(name, file) });
        return "list";
      }
      if (file !== undefined) await this.#uploaded(list.listId, options);
      if (isOn(list, skillId)) continue;
      if (file === undefined) throw refusal("uploadCallList", `skill ${skillId} does not call the list ${JSON.stringify(name)}`);
      if (isRunning === true)
        throw refusal("uploadCallList", `skill ${skillId} runs: records that are uploaded to it are dialed at once`);
      await this.#upload(list.listId, skillId, { fileName, content: await records(), expires: file.expires ?? "" }, options);
      return "records";
    }
    return undefined;
  }

  async #upload(
    listId: string,
    skillId: string,
    { fileName, content, expires }: { readonly fileName: string; readonly content: Uint8Array; readonly expires: string },
    options: AcdCallOptions,
  ): Promise<void> {
    const body: AcdBody<"uploadCallList"> = {
      listFile: Buffer.from(content).toString("base64"),
      forceOverwrite: false,
      expirationDate: expires,
      startSkill: false,
      sendEmail: false,
      fileName,
      skillId: Number(skillId),
    };
    try {
      await this.#requester.request("uploadCallList", { ...options, path: { listId }, body });
    } catch (thrown) {
      // The file name is made from plan and campaign: an existing file comes from an earlier attempt.
      if (!(thrown instanceof TenantError) || !/file already exists/i.test(`${thrown.vendorMessage} ${thrown.message}`))
        throw thrown;
    }
    await this.#uploaded(listId, options);
  }

  /** Waits for the jobs of a list. @throws TenantError `vendor_unavailable` when one does not end */
  async #uploaded(listId: string, options: AcdCallOptions): Promise<void> {
    for (let look = 0; look < JOB_LOOKS; look += 1) {
      const now = this.#clock.now();
      const day = (at: number) => new Date(at).toISOString();
      const query = { startDate: day(now - 2 * DAY_MS), endDate: day(now + DAY_MS) };
      let open = false;
      for await (const job of acdRows(this.#requester, "listUploadJobs", { ...options, query }))
        open ||= job.listId === listId && job.isComplete !== true && job.isCancelled !== true;
      if (!open) return;
      await this.#clock.sleep(JOB_LOOK_MS, options.signal);
    }
    throw new TenantError("vendor_unavailable", `listUploadJobs: the upload to list ${listId} has not ended`, {
      operationId: "listUploadJobs",
      advice: "Continue later: uploaded records are not uploaded again.",
    });
  }

  /**
   * In words, how many records the lists did not take: an upload's job gives no counts, but a list gives those of its last
   * upload.
   */
  async notTaken({ contactListId }: Pick<Holdable, "contactListId">, options: AcdCallOptions): Promise<string[]> {
    const lists = await this.all(options);
    const names = new Set(wantedLists(contactListId, lists));
    return lists.flatMap(({ listName, validRecords, invalidRecords, totalRecords, ...list }) => {
      if (listName === undefined || !names.has(listName) || !isActive({ listName, ...list })) return [];
      const of = `of the last file of the list ${JSON.stringify(listName)}`;
      if (invalidRecords === undefined || invalidRecords === null)
        return [`the tenant does not say how many records ${of} it took`];
      if (invalidRecords === 0) return [];
      const all = totalRecords ?? (validRecords ?? 0) + invalidRecords;
      return [`the tenant took ${all - invalidRecords} of ${all} records ${of}: it refuses the others, and does not say which`];
    });
  }
}
