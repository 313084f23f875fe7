// The profile `acd`: the capabilities over the operations of the ACD API.

import type { Clock } from "../../kernel/index.ts";
import type { CallOptions } from "../call-options.ts";
import type { Capabilities } from "../capabilities.ts";
import type { Capability } from "../capability.ts";
import { TenantError } from "../errors.ts";
import { REACH_DAYS } from "../link.ts";
import type { ViewPage } from "../views.ts";
import { AttemptsReport } from "./attempts-report.ts";
import { CodeNames } from "./codes.ts";
import type { ResolvedAcdConfig } from "./config.ts";
import { contactsOf, placedOn } from "./contacts.ts";
import { doNotCallGroups, scheduledCallbacks } from "./do-not-call.ts";
import { Figures } from "./figures.ts";
import { AUDIT, DOCUMENTS, EVENTS, FINISHED, MAKING } from "./not-supported.ts";
import { Outcomes } from "./outcomes.ts";
import { Pacing, refusalsOf, SHOWN_ONLY } from "./pacing.ts";
import { acdRows } from "./pages.ts";
import { Provisioning } from "./provisioning.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { ServerTime } from "./server-time.ts";
import { Skills } from "./skills.ts";
import { Tagger } from "./tagger.ts";

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
  const figures = new Figures(requester, time);
  const codes = new CodeNames(requester, () => clock.now());
  const outcomes = new Outcomes(requester, { skills, codes, figures, time, report: new AttemptsReport(requester, clock) });
  const pacing = new Pacing(requester, skills);
  const changeDisposition = refuse("set the disposition of a finished call", FINISHED);
  const provisioning = new Provisioning(requester, skills, clock);
  const inPieces = refuse("make a campaign in one request", MAKING);
  const events = refuse("register for events", EVENTS);
  return {
    dispositionCatalog: { capability: READ, matrix: (id, options) => codes.matrix(id, plain(options)) },
    dispositionWriter: { capability: FINISHED, assign: changeDisposition, tagger: new Tagger(requester, plain) },
    callReader: {
      capability: READ,
      async read(callId, options) {
        try {
          const { status, disposition } = await showCall(requester, callId, plain(options));
          return { status: status ?? "completed", ...(disposition !== undefined && { disposition }) };
        } catch (thrown) {
          if (thrown instanceof TenantError && thrown.code === "not_found") return undefined;
          throw thrown;
        }
      },
      show: (callId, options) => showCall(requester, callId, plain(options)),
    },
    campaignRunner: {
      capability: { ...READ, asynchronous: true, writes: "replaces", readBack: true },
      status: (id, options) => skills.view(id, plain(options)),
      setStatus: (id, status, options) =>
        skills.setStatus(id, status, { lane: status === "paused" ? "stop" : "pacing", ...plain(options) }),
    },
    campaignProvisioning: {
      capability: READ,
      making: { ...READ, lock: "read-back", asynchronous: true, writes: "merges", readBack: true },
      documents: DOCUMENTS,
      campaigns: (options) => listOf(() => skills.views(plain(options))),
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
      contacts: (listId, query = {}, options) => contactsOf(requester, skills, listId, query, consent, plain(options)),
      placed: (listId, since, options) => placedOn(requester, skills, listId, since, plain(options)),
      counts: (id, options) => skills.listCounts(id, plain(options)),
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
      tellsAgents: true,
      campaign: (id, windowMinutes, options) => figures.campaign(id, windowMinutes, plain(options)),
      hourly: ({ campaignId }, options) => figures.hourly(campaignId, plain(options)),
    },
    interactionDispositions: {
      capability: FINISHED,
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
      replace: changeDisposition,
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
    vendorAudit: {
      capability: AUDIT,
      entries: () => {
        throw new TenantError("unsupported", `this tenant cannot show its audit log: ${AUDIT.reason}`, {
          advice: AUDIT.alternative ?? "",
        });
      },
    },
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

/** One contact with its disposition. Its state only says whether it has ended. */
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
  const { contactStartDate, skillId, ...vendor } = contact.reply ?? { contactStartDate: undefined, skillId: undefined };
  return {
    ...vendor,
    id: contactId,
    status: isActive ? "active" : "completed",
    ...(skillId !== undefined && { campaignId: skillId }),
    ...(contactStartDate !== undefined && { startTime: contactStartDate }),
    ...(dispositionId !== undefined &&
      dispositionId > 0 && {
        disposition: { dispositionCodeId: dispositionName ?? String(dispositionId), notes: notes ?? "", updatedAt: lastUpdated },
      }),
  };
}
