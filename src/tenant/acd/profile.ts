// The profile `acd`: the capabilities over the operations of the ACD API.

import { type Clock, isWithin, MINUTE_MS, timeOf } from "../../kernel/index.ts";
import { outcomeOf } from "../assign.ts";
import type { CallOptions } from "../call-options.ts";
import type { AssignOutcome, Capabilities, ContactSource, DispositionTagger, TakenOff } from "../capabilities.ts";
import type { Capability } from "../capability.ts";
import { TenantError } from "../errors.ts";
import { REACH_DAYS } from "../link.ts";
import type { ContactRow, ContactsAsked, RecordingView, ViewList, ViewPage } from "../views.ts";
import { agentsOf } from "./agents.ts";
import { AttemptsReport } from "./attempts-report.ts";
import { CodeNames } from "./codes.ts";
import type { ResolvedAcdConfig } from "./config.ts";
import { doNotCallGroups, scheduledCallbacks } from "./do-not-call.ts";
import { Figures } from "./figures.ts";
import { Outcomes } from "./outcomes.ts";
import { AcdPacing, refusalsOf, SHOWN_ONLY } from "./pacing.ts";
import { type AcdRow, acdPages, acdRows } from "./pages.ts";
import { Provisioning } from "./provisioning.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { ServerTime } from "./server-time.ts";
import { LIST_JOINT, leastOpen, Skills } from "./skills.ts";
import { nationalDigits, telephone } from "./telephone.ts";

const READ: Capability = { supported: true, lock: "none", asynchronous: false, writes: "none", readBack: false };

const refuse =
  (what: string, { reason = "", alternative = "" }: Capability) =>
  () =>
    Promise.reject(new TenantError("unsupported", `this tenant cannot ${what}: ${reason}`, { advice: alternative }));

/** The options that apply to this profile. */
function plain(options: CallOptions | undefined): AcdCallOptions {
  if (options === undefined) return {};
  const { lock: _, ifMatch: __, idempotencyKey: ___, ...rest } = options;
  return rest;
}

/** The capabilities of a tenant with the ACD API, over anything that sends its operations. */
export function createAcdProfile(
  requester: AcdRequester,
  {
    clock,
    time,
    consent,
    companyGroup,
  }: { readonly clock: Clock; readonly time: ServerTime } & Pick<ResolvedAcdConfig, "consent" | "companyGroup">,
): Capabilities {
  const skills = new Skills(requester, clock);
  const figures = new Figures(requester, time, skills);
  const codes = new CodeNames(requester, () => clock.now());
  const outcomes = new Outcomes(requester, { skills, codes, figures, time, report: new AttemptsReport(requester, clock) });
  const listed = new ListedNumbers(requester, clock);
  const pacing = new AcdPacing(requester, skills);
  const changeDisposition = refuse("set the disposition of a finished call", FINISHED);
  const provisioning = new Provisioning(requester, skills, clock);
  const inPieces = refuse("make a campaign in one request", MAKING);
  const events = refuse("register for events", EVENTS);
  return {
    dispositionCatalog: { capability: READ, matrix: (id, options) => codes.matrix(id, plain(options)) },
    dispositionWriter: { capability: FINISHED, assign: changeDisposition, tagger: new Tagger(requester, { codes, figures }) },
    callReader: {
      capability: READ,
      async read(callId, options) {
        try {
          const { status, disposition } = await showCall(requester, callId, plain(options));
          return { status, ...(disposition !== undefined && { disposition }) };
        } catch (thrown) {
          if (thrown instanceof TenantError && thrown.code === "not_found") return undefined;
          throw thrown;
        }
      },
      show: (callId, options) => showCall(requester, callId, plain(options)),
      recordings: (callId, options) => recordingsOf(requester, callId, plain(options)),
    },
    campaignRunner: {
      capability: { ...READ, asynchronous: true, writes: "replaces", readBack: true, hoursOf: "called" },
      status: (id, options) => skills.view(id, plain(options)),
      setStatus: (id, status, options) =>
        skills.setStatus(id, status, { lane: status === "paused" ? "stop" : "pacing", ...plain(options) }),
    },
    campaignProvisioning: {
      capability: READ,
      making: { ...READ, lock: "read-back", asynchronous: true, writes: "merges", readBack: true },
      campaigns: (options) => listOf(() => skills.views(plain(options))),
      listsWhole: true,
      read: async (id, options) => ({ value: await provisioning.read(id, plain(options)), lock: undefined }),
      fit: (wanted, options) => provisioning.fit(wanted, plain(options)),
      place: (document, id, how, options) => provisioning.place(document, id, how, plain(options)),
      create: inPieces,
      replace: inPieces,
    },
    pacingSettings: {
      capability: { ...READ, lock: "read-back", writes: "merges", readBack: true, perCampaign: true, inPieces: true },
      read: (subject, options) => pacing.read(subject, plain(options)),
      validate: () => pacing.validate(),
      activate: (subject, settings, onto, options) => pacing.activate(subject, settings, onto, plain(options)),
      progress: (operationId, options) => pacing.progress(operationId, plain(options)),
      making: MAKING,
      createCampaign: refuse("make a campaign of dialer settings", MAKING),
      fit: (settings) => pacing.fit(settings),
      shownOnly: SHOWN_ONLY,
      refusals: refusalsOf,
    },
    contactSource: {
      capability: READ,
      lacking:
        consent === undefined
          ? {
              "consentFlags.outbound.call":
                "name the field of your calling lists that says who may be called: tenant.acd.consentField in outdial.yaml",
            }
          : undefined,
      contacts: (listId, query = {}, options) => contactsOf(requester, skills, listId, query, consent, plain(options)),
      unfiltered: true,
      placed: (listId, since, options) => placedOn(requester, { skills, figures }, listId, since, plain(options)),
      copyTo: (from, to, options) => provisioning.copyTo(from, to, plain(options)),
      takeOff: (numbers, known, options) => listed.takeOff(numbers, known, plain(options)),
      inventory: async (options) => skills.inventory(await time.now(requester, plain(options)), plain(options)),
      counts: (of, options) => skills.listCounts(of, plain(options)),
    },
    outcomeSource: {
      capability: READ,
      reachDays: REACH_DAYS.acd,
      changedDays: (id, range, options) => outcomes.changedDays(id, range, plain(options)),
      dials: (id, range, options) => outcomes.dials(id, range, plain(options)),
      calls: (query, options) => outcomes.calls(query, plain(options)),
      openedCalls: (query, open, options) => outcomes.opened(query, open, plain(options)),
    },
    metricsSource: {
      capability: READ,
      campaign: (id, windowMinutes, options) => figures.campaign(id, windowMinutes, plain(options)),
      answered: (id, now, options) => figures.answered(id, now, plain(options)),
      agents: async (id, options) => {
        await skills.read(id, plain(options));
        return agentsOf(requester, id, plain(options));
      },
      hourly: ({ campaignId }, options) => figures.hourly(campaignId, plain(options)),
    },
    interactionDispositions: {
      capability: CORRECTIONS,
      reading: READ,
      tree: async (options) => {
        const dispositions = [];
        for await (const { dispositionId, dispositionName, isActive } of acdRows(requester, "listDispositions", plain(options)))
          dispositions.push({
            code: dispositionName ?? dispositionId,
            description: dispositionName ?? "",
            active: isActive !== false,
          });
        return { dispositions };
      },
      read: async (id, options) => {
        const { disposition } = await showCall(requester, id, plain(options));
        const entry = disposition ?? undefined;
        const dispositions =
          entry === undefined
            ? []
            : [
                {
                  code: entry.dispositionCodeId,
                  description: entry.notes ?? "",
                  agent_id: "",
                  timestamp: entry.updatedAt ?? "",
                  source: "acd",
                },
              ];
        return { value: { id, dispositions }, lock: undefined };
      },
      replace: refuse("correct closed interactions", CORRECTIONS),
    },
    vendorEvents: {
      capability: EVENTS,
      registrations: events,
      registerCampaignEvents: events,
      registerDialerEvents: events,
      updateCampaignEvents: events,
      remove: events,
    },
    doNotCallGroups: doNotCallGroups(requester, { ...READ, writes: "merges", readBack: true }, plain, companyGroup),
    scheduledCallbacks: scheduledCallbacks(requester, { ...READ, writes: "replaces", readBack: true }, plain),
    vendorAudit: { capability: READ, entries: (entity, options) => auditEntries(requester, entity, plain(options)) },
  };
}

/** A list that is read one by one, as a list with one page. */
function listOf<Item>(read: () => AsyncGenerator<Item, void, undefined>) {
  return {
    async *pages(): AsyncGenerator<ViewPage, void, undefined> {
      const items: Item[] = [];
      for await (const item of read()) items.push(item);
      yield { number: 1, items, reply: { total: items.length }, nextToken: undefined };
    },
    [Symbol.asyncIterator]: read,
  };
}

/** The last state of a contact. */
const END_CONTACT = 18;

/** Whether a contact's own states say that it has ended; false where they do not. */
async function hasEnded(requester: AcdRequester, contactId: string, options: AcdCallOptions): Promise<boolean> {
  try {
    const { reply } = await requester.request("contactStates", { ...options, path: { contactId } });
    return (reply?.contactStateHistory ?? []).some(({ contactStateId }) => contactStateId === END_CONTACT);
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return false;
  }
}

/**
 * One contact with its disposition. Its state only says whether it has ended: `unknown` when it is not among those under way, and its own states do not say that
 * it ended.
 */
async function showCall(requester: AcdRequester, contactId: string, options: AcdCallOptions) {
  const path = { contactId };
  const [contact, code, active] = await Promise.all([
    requester.request("getContact", { ...options, path }),
    requester.request("getContactDisposition", { ...options, path }).catch((thrown: unknown) => {
      if (thrown instanceof TenantError && (thrown.code === "not_found" || thrown.code === "conflict")) return undefined;
      throw thrown;
    }),
    requester.request("listActive", { ...options, query: { contactId } }),
  ]);
  const { dispositionId, dispositionName, notes, lastUpdated } = code?.reply ?? {};
  const isActive = active.reply.activeContacts.some((one) => one.contactId === contactId);
  const { contactStartDate, skillId, skillName, campaignId, campaignName, ...vendor } = { ...contact.reply };
  const isOver = !isActive && (contact.reply?.stateId === END_CONTACT || (await hasEnded(requester, contactId, options)));
  return {
    ...vendor,
    id: contactId,
    status: isActive ? "active" : isOver ? "completed" : "unknown",
    ...(skillId !== undefined && { campaignId: skillId }),
    ...(skillName !== undefined && { campaignName: skillName }),
    ...(campaignId !== undefined && { reportingGroup: { id: campaignId, name: campaignName } }),
    ...(contactStartDate !== undefined && { startTime: contactStartDate }),
    ...(dispositionId !== undefined &&
      dispositionId > 0 && {
        disposition: { dispositionCodeId: dispositionName ?? String(dispositionId), notes: notes ?? "", updatedAt: lastUpdated },
      }),
  };
}

/** Links only. A contact without a recording has none, and so has one that the tenant does not know. */
async function recordingsOf(
  requester: AcdRequester,
  contactId: string,
  options: AcdCallOptions,
): Promise<readonly RecordingView[]> {
  const query = { "acd-call-id": contactId, "exclude-waveforms": true };
  try {
    const { reply } = await requester.request("contactRecordings", { ...options, query });
    return (reply?.interactions ?? []).flatMap(({ mediaType, startTime, endTime, data }) =>
      data?.fileToPlayUrl
        ? [{ url: data.fileToPlayUrl, media: mediaType ?? null, from: startTime ?? null, to: endTime ?? null }]
        : [],
    );
  } catch (thrown) {
    if (thrown instanceof TenantError && thrown.code === "not_found") return [];
    throw thrown;
  }
}

// Contacts of calling lists. The tenant neither filters nor knows consent: both are done here, by fields that the operator names.

type ListRecord = AcdRow<"readCallList">;

/** Default number of records per page. */
const PAGE = 1000;

/**
 * The contacts of one list, by id or name, or of several lists joined in one text. Only open records, which may still be called.
 */
function contactsOf(
  requester: AcdRequester,
  skills: Skills,
  listId: string,
  { page = 1, pageSize = PAGE }: ContactsAsked,
  consent: ResolvedAcdConfig["consent"],
  options: AcdCallOptions,
): ViewList<ContactRow> {
  const pages = () => readPages(requester, () => skills.listIds(listId, options), { page, pageSize }, consent, options);
  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const { items } of pages()) yield* items as readonly ContactRow[];
    },
  };
}

/**
 * The dials to the contacts of these lists since an instant, by number, and whatever call to anybody is under way: no list has it before
 * it has ended, and one of another list never. What ends while this reads is in both, and counts once.
 */
async function placedOn(
  requester: AcdRequester,
  { skills, figures }: { readonly skills: Skills; readonly figures: Figures },
  listId: string,
  since: number,
  options: AcdCallOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const placed = new Map<string, Map<string, number>>();
  const note = (contactId: string, told: string | undefined, start: string | undefined) => {
    const [at, number] = [timeOf(start), telephone(told)];
    if (at === undefined || at < since || number === undefined) return;
    placed.set(number, (placed.get(number) ?? new Map<string, number>()).set(contactId, at));
  };
  for await (const one of figures.outbound(options)) note(one.contactId, one.toAddress, one.contactStartDate);
  const query = { updatedSince: new Date(since).toISOString() };
  for (const id of await skills.listIds(listId, options))
    for await (const row of acdRows(requester, "listAttempts", { ...options, path: { listId: id }, query }))
      note(row.contactId ?? `${row.formattedPhone} ${row.dateOfCall}`, row.formattedPhone, row.dateOfCall);
  return new Map([...placed].map(([number, calls]) => [number, [...calls.values()]]));
}

async function* readPages(
  requester: AcdRequester,
  ids: () => Promise<readonly string[]>,
  { page, pageSize }: { readonly page: number; readonly pageSize: number },
  consent: ResolvedAcdConfig["consent"],
  options: AcdCallOptions,
): AsyncGenerator<ViewPage, void, undefined> {
  let [number, skip] = [page, (page - 1) * pageSize];
  for (const id of await ids()) {
    let seen = 0;
    const setting = { ...options, path: { listId: id }, query: { includeRecords: true, finalized: false }, skip, top: pageSize };
    for await (const { rows } of acdPages(requester, "readCallList", setting)) {
      seen += rows.length;
      if (rows.length === 0) continue;
      yield { number, items: rows.map((row) => contactOf(row, consent)), reply: {}, nextToken: undefined };
      number += 1;
    }
    // Records skipped beyond the end of one list are skipped in the next. The number of records of a list is unknown, so its own
    // records are not subtracted.
    skip = seen > 0 ? 0 : skip;
  }
}

function contactOf(record: ListRecord, consent: ResolvedAcdConfig["consent"]): ContactRow {
  const { externalId, destinations, firstName, lastName, state, zip, timeZone, icModifiedDate, otherFields, ...vendor } = record;
  const others = Object.fromEntries((otherFields ?? []).map(({ fieldName, fieldValue }) => [fieldName ?? "", fieldValue]));
  const attributes: Readonly<Record<string, unknown>> = { ...vendor, ...others };
  const said = consent === undefined ? undefined : attributes[consent.field];
  const mayCall = typeof said === "string" && consent?.values.includes(said.trim().toLowerCase()) === true;
  const numbers = (destinations ?? []).flatMap(({ formattedDestination }) => telephone(formattedDestination || undefined) ?? []);
  return {
    id: externalId,
    phoneNumber: numbers[0],
    ...(numbers.length > 1 && { phoneNumbers: numbers }),
    firstName,
    lastName,
    state,
    postalCode: zip,
    timeZone,
    // A field that is missing, or not named in the configuration, is no consent.
    ...(consent !== undefined && { consentFlags: { outbound: { call: mayCall } } }),
    attributes,
    lastModifiedTime: icModifiedDate,
    calls: vendor.icAttempts,
    lastCallAt: timeOf(vendor.icDateOfLastCall),
  };
}

// Who changed what: campaigns (groups of skills) and codes have a history each; skills, lists and groups have none.

/** The history of all campaigns or all codes, newest first. @throws TenantError `unsupported` for anything else */
async function* auditEntries(requester: AcdRequester, entity: string, options: AcdCallOptions) {
  const found: {
    readonly date?: string | undefined;
    readonly entity: string;
    readonly id: string;
    readonly name: string | undefined;
  }[] = [];
  if (entity === "campaign")
    for await (const { id, name } of acdRows(requester, "listCampaigns", options))
      for await (const row of acdRows(requester, "campaignAudit", { ...options, path: { campaignId: id } }))
        found.push({ ...row, entity, id, name });
  else if (entity === "disposition")
    for await (const { dispositionId: id, dispositionName: name } of acdRows(requester, "listDispositions", options))
      for await (const row of acdRows(requester, "dispositionAudit", { ...options, path: { dispositionId: id } }))
        found.push({ ...row, entity, id, name });
  else
    throw new TenantError("unsupported", `this tenant has no history of "${entity}": only campaign and disposition have one`, {
      advice: "Skills, their settings and lists have none: outdial audit list shows what outdial changed, with before and after.",
    });
  yield* found.toSorted((a, b) => (timeOf(b.date) ?? 0) - (timeOf(a.date) ?? 0));
}

// What the ACD API does not do, and what to do instead.

function unsupported(reason: string, alternative: string): Capability {
  return { supported: false, lock: "none", asynchronous: false, writes: "none", readBack: false, reason, alternative };
}

const FINISHED = unsupported(
  "the disposition of a finished contact cannot be changed through the ACD API",
  "Choose one for outdial tag: --instead tag adds a tag for the code to each contact (of one that is still active it sets the disposition), --instead record keeps the correction in outdial's store alone. Neither changes the disposition of a finished contact.",
);

const CORRECTIONS = unsupported(
  "a contact has one disposition, which the ACD API does not change after its end",
  "outdial interaction show reads it. outdial tag --instead tag tags the contact, and sets the disposition while the contact is active; --instead record keeps the correction in outdial's store.",
);

const EVENTS = unsupported(
  "the ACD API delivers no events of voice campaigns",
  "outdial makes events of its own from what it reads: outdial serve.",
);

const MAKING = unsupported(
  "the ACD API makes a campaign piece by piece, and a skill of it needs more than dialer settings",
  "Write a campaign file (docs/campaigns.md): outdial campaign plan and apply make the campaign; then outdial dialer apply --campaign ID sets the skill's pacing.",
);

// Tags instead of dispositions: a finished contact's disposition cannot be changed, but a tag can be added. One tag per code,
// looked for by name before it is made.

/** Prefix of the names of these tags. */
const TAG_PREFIX = "outdial:";
const NOTES = "Set by outdial in place of a disposition that cannot be changed any more.";

/**
 * Adds a tag to a finished contact instead of a disposition; of a contact that is still active the disposition is set. Ids of tags are
 * looked up by name once.
 */
class Tagger implements DispositionTagger {
  readonly #requester: AcdRequester;
  readonly #codes: CodeNames;
  readonly #figures: Figures;
  readonly #ids = new Map<string, Promise<string>>();

  constructor(requester: AcdRequester, { codes, figures }: { readonly codes: CodeNames; readonly figures: Figures }) {
    this.#requester = requester;
    this.#codes = codes;
    this.#figures = figures;
  }

  async add(callId: string, assignment: Parameters<DispositionTagger["add"]>[1], options?: CallOptions): Promise<AssignOutcome> {
    const call = plain(options);
    const set = await this.#setActive(callId, assignment, call);
    if (set?.result === "stored" || set?.result === "unknown") return set;
    const tagged = await outcomeOf(this.#send(callId, assignment.dispositionCodeId, call), () => "contact_tagged");
    return set?.message === undefined ? tagged : { message: `the active contact took no disposition: ${set.message}`, ...tagged };
  }

  look(contactId: string, options?: CallOptions): Promise<AssignOutcome> {
    const asked = this.#requester.request("getContact", { ...plain(options), path: { contactId } });
    return outcomeOf(asked, (contact) => (contact === undefined ? "not_found" : "unchanged"));
  }

  /** Undefined when the contact is not active, or nobody knows the code. */
  async #setActive(
    contactId: string,
    { dispositionCodeId, notes }: Parameters<DispositionTagger["add"]>[1],
    options: AcdCallOptions,
  ): Promise<AssignOutcome | undefined> {
    const skill = (await this.#figures.activeContacts(options)).get(contactId);
    if (skill === undefined) return undefined;
    const names = await this.#codes.byId(options);
    const code = [...names].find(([id, name]) => name === dispositionCodeId || id === dispositionCodeId)?.[0];
    if (code === undefined) return undefined;
    const body = { skill, dispositionCode: code, ...(notes !== undefined && notes !== "" && { notes }) };
    return outcomeOf(
      this.#requester.request("setActiveDisposition", { ...options, path: { contactId }, body }),
      () => "stored" as const,
    );
  }

  async #send(contactId: string, code: string, options: AcdCallOptions) {
    const tagId = await this.#tagOf(code, options);
    return this.#requester.request("tagContact", { ...options, path: { contactId }, body: { tags: [{ tagId }] } });
  }

  /**
   * The tag of a code; made when there is none. When two processes make it at once, the first one in the list counts for both.
   */
  #tagOf(code: string, options: AcdCallOptions): Promise<string> {
    const name = `${TAG_PREFIX}${code}`;
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const made = this.#find(name, options).then(async (found) => {
      if (found !== undefined) return found;
      await this.#requester.request("createTag", { ...options, query: { tagName: name, notes: NOTES } });
      const after = await this.#find(name, options);
      if (after !== undefined) return after;
      throw new Error(`the tag ${name} was made and is not listed`);
    });
    this.#ids.set(name, made);
    made.catch(() => this.#ids.delete(name));
    return made;
  }

  async #find(name: string, options: AcdCallOptions): Promise<string | undefined> {
    const { reply } = await this.#requester.request("listTags", { ...options, query: { searchString: name, isActive: true } });
    return reply?.tags.find(({ tagName }) => tagName === name)?.tagId;
  }
}

// Which numbers are on which calling lists, so that an opt-out reads the lists that have the person and no others.

/** Most records of one request: a body of some hundred kilobytes. */
const TAKEN_AT_ONCE = 2000;
/** After so long a list is read again, although its counts and dates are the same: records may have been opened again, ms. */
const KEPT_MS = 10 * MINUTE_MS;

/** `isListed`: the tenant's list of lists has it. */
type ListToRead = Pick<AcdRow<"listCallLists">, "listId"> & Partial<AcdRow<"listCallLists">> & { readonly isListed: boolean };

interface Numbers {
  readonly at: number;
  /** What the tenant said of the list before it was read. */
  readonly said: string;
  /** Sorted: eight bytes a number, for a million of them. */
  readonly numbers: Float64Array;
}

/** Takes people off calling lists. */
class ListedNumbers {
  readonly #requester: AcdRequester;
  readonly #clock: Clock;
  #known = new Map<string, Numbers>();

  constructor(requester: AcdRequester, clock: Clock) {
    this.#requester = requester;
    this.#clock = clock;
  }

  /** See `ContactSource`. A record goes with all its numbers: it is the person who must not be called. */
  async takeOff(
    numbers: ReadonlySet<string>,
    known: Parameters<NonNullable<ContactSource["takeOff"]>>[1],
    options: AcdCallOptions,
  ): Promise<TakenOff> {
    const [lists, failed, seen, absent]: [string[], string[], string[], string[]] = [[], [], [], []];
    let records = 0;
    const there = new Map<string, Numbers>();
    for await (const list of this.#lists(known, options)) {
      const { listId, isListed, status = "Active" } = list;
      if (isListed) seen.push(listId);
      if (status !== "Active") continue;
      const before = this.#known.get(listId);
      const isFresh = before !== undefined && before.said === saidOf(list) && isWithin(KEPT_MS, before.at, this.#clock.now());
      if (isFresh && ![...numbers].some((number) => has(before.numbers, Number(number)))) {
        there.set(listId, before);
        continue;
      }
      const read = await this.#read(list, numbers, options);
      if (read === "absent") {
        if (isListed) failed.push(`list ${list.listName ?? listId}: the tenant lists it, and says that it does not have it`);
        else absent.push(listId);
        continue;
      }
      if (!isListed) seen.push(listId);
      if (read === undefined) continue;
      const { found, doubt, sourceName } = read;
      if (doubt === undefined) there.set(listId, read);
      else failed.push(doubt);
      if (found.length > 0) lists.push(sourceName);
      for (let at = 0; at < found.length; at += TAKEN_AT_ONCE)
        try {
          const body = { prospectsToRemove: found.slice(at, at + TAKEN_AT_ONCE) };
          const { reply } = await this.#requester.request("removeProspects", { ...options, path: { sourceName }, body });
          records += reply.successfulRecords?.length ?? 0;
          for (const { externalId, resultCode } of reply.failedRecords ?? [])
            failed.push(`record ${externalId ?? "?"} of list ${sourceName}: ${resultCode ?? "not removed"}`);
        } catch (thrown) {
          if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
          failed.push(`list ${sourceName}: ${thrown.message}`);
        }
    }
    this.#known = there;
    return { records, lists, there: seen, absent, failed };
  }

  /** The tenant's lists, and then those that are known and that it did not list, with nothing but their id. */
  async *#lists(
    { lists, gone }: Parameters<NonNullable<ContactSource["takeOff"]>>[1],
    options: AcdCallOptions,
  ): AsyncGenerator<ListToRead, void, undefined> {
    const known = lists.flatMap((id) => id.split(LIST_JOINT)).filter((id) => /^\d+$/.test(id));
    const left = new Set([...this.#known.keys(), ...known].filter((id) => !gone.has(id)));
    for await (const list of acdRows(this.#requester, "listCallLists", options)) {
      left.delete(list.listId);
      yield { ...list, isListed: true };
    }
    for (const listId of left) yield { listId, isListed: false };
  }

  /** The open records of a list with one of these numbers, and the numbers of all. Undefined when nobody on it may be called. */
  async #read(list: ListToRead, wanted: ReadonlySet<string>, options: AcdCallOptions) {
    const { listId } = list;
    const [at, found, all]: [number, { externalId: string }[], number[]] = [this.#clock.now(), [], []];
    const setting = { ...options, path: { listId }, query: { includeRecords: true, finalized: false } };
    let [read, sourceName] = [0, list.listName ?? listId];
    try {
      for await (const { rows, reply } of acdPages(this.#requester, "readCallList", setting)) {
        if ((reply["status"] ?? "Active") !== "Active") return undefined;
        if (typeof reply["listName"] === "string") sourceName = reply["listName"];
        read += rows.length;
        for (const { externalId, destinations } of rows) {
          const own = (destinations ?? []).map(({ formattedDestination }) => nationalDigits(formattedDestination ?? ""));
          all.push(...own.map(Number));
          if (own.some((number) => wanted.has(number))) found.push({ externalId });
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || thrown.code !== "not_found") throw thrown;
      return "absent" as const;
    }
    const { contacts, final } = leastOpen(list);
    const open = contacts === null || final === null ? 0 : contacts - final;
    const doubt =
      read < open / 2 ? `list ${sourceName} gave ${read} records, and the tenant counts ${open} that may be called` : undefined;
    return { at, said: saidOf(list), numbers: Float64Array.from(all).sort(), found, sourceName, doubt };
  }
}

/** What changes when records are added to a list. */
const saidOf = ({ uploadDate, updateDate, totalRecords, validRecords, prospectiveContactCount }: ListToRead): string =>
  JSON.stringify([uploadDate, updateDate, totalRecords, validRecords, prospectiveContactCount]);

function has(sorted: Float64Array, number: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === number;
}
