// Do-not-call groups of the ACD API, and scheduled callbacks.

import { MAX_DNC_RECORDS } from "../../contract/acd/index.ts";
import { DAY_MS, timeOf } from "../../kernel/index.ts";
import type { CallOptions } from "../call-options.ts";
import type { Capability } from "../capability.ts";
import type { CallbackView, DoNotCallGroupName, DoNotCallGroups, ScheduledCallbacks } from "../do-not-call-capabilities.ts";
import { TenantError } from "../errors.ts";
import { acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import { nationalDigits } from "./telephone.ts";

type Plain = (options: CallOptions | undefined) => AcdCallOptions;

const digits = (text: string): string => text.replaceAll(/\D/g, "");
/** A suppression has days, without a time: it ends a day later than it must. */
const DAY_TEXT = "2026-01-01".length;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, DAY_TEXT);
/** One without an end. */
const FOR_EVER = "9999-12-31";

/**
 * The groups over the operations of the API. Whether a number is suppressed is known only from the search, not from the reply to
 * the write.
 */
export function doNotCallGroups(
  requester: AcdRequester,
  capability: Capability,
  plain: Plain,
  companyGroup?: string,
): DoNotCallGroups {
  const obeyedByAll: DoNotCallGroups["obeyedByAll"] = async (options) => {
    const found = new Map<string, DoNotCallGroupName[]>();
    for await (const { dncGroupId: id, dncGroupName, isActive, isRemoved } of acdRows(
      requester,
      "listDncGroups",
      plain(options),
    )) {
      if (isActive === false || isRemoved === true) continue;
      for await (const { skillId } of acdRows(requester, "listScrubbedSkills", { ...plain(options), path: { groupId: id } }))
        found.set(skillId, [...(found.get(skillId) ?? []), { id, name: dncGroupName ?? id }]);
    }
    return found;
  };
  return {
    capability,
    companyGroup,
    mostAtOnce: MAX_DNC_RECORDS,
    obeyedByAll,
    obeyed: async (campaignId, options) => (await obeyedByAll(options)).get(campaignId) ?? [],
    async obeying(groupId, options) {
      const found = new Set<string>();
      for await (const { dncGroupId, isActive, isRemoved } of acdRows(requester, "listDncGroups", plain(options))) {
        if (dncGroupId !== groupId || isActive === false || isRemoved === true) continue;
        for await (const { skillId } of acdRows(requester, "listScrubbedSkills", { ...plain(options), path: { groupId } }))
          found.add(skillId);
      }
      return found;
    },
    async *numbers(groupId, options) {
      for await (const row of acdRows(requester, "listDncRecords", { ...plain(options), path: { groupId } })) {
        const number = row.phoneNumber ?? row.formattedPhone;
        if (number !== undefined && number !== null && !row.expiredDate) yield digits(number);
      }
    },
    async add(groupId, numbers, options) {
      const body = { dncGroupRecords: numbers.map((phoneNumber) => ({ phoneNumber })) };
      const { failed } = await requester.request("addDncRecords", { ...plain(options), path: { groupId }, body });
      return failed.map(({ index, error }) => ({ number: numbers[index] ?? "", message: error }));
    },
    async holdBack(campaignId, until, options) {
      const held = async (): Promise<ReadonlyMap<string, string>> => {
        const ends = new Map<string, string>();
        for await (const row of acdRows(requester, "listSuppressed", plain(options))) {
          const { value, endDate, suppressedContactMappings: skills } = row;
          if (value === undefined || !(skills ?? []).some(({ skill_No: id }) => id === campaignId)) continue;
          const number = nationalDigits(value);
          const end = endDate?.slice(0, DAY_TEXT) || FOR_EVER;
          if (end > (ends.get(number) ?? "")) ends.set(number, end);
        }
        return ends;
      };
      const { ServerTime } = (await requester.request("getServerTime", plain(options))).reply;
      const startDate = dayOf(timeOf(ServerTime) ?? Number.NaN);
      const before = await held();
      const lacks = (ends: ReadonlyMap<string, string>) =>
        [...until].flatMap(([number, at]) =>
          (ends.get(number) ?? "") < dayOf(at + DAY_MS) ? [[number, dayOf(at + DAY_MS)] as const] : [],
        );
      const missing = lacks(before);
      for (const [value, endDate] of missing) {
        const body = { startDate, endDate, value, skills: [{ skillId: campaignId }] };
        await requester.request("createSuppressed", { ...plain(options), body });
      }
      return missing.length === 0 ? [] : lacks(await held()).map(([number]) => number);
    },
    async find(number, options) {
      const { reply } = await requester.request("searchDnc", { ...plain(options), query: { phoneNumber: number } });
      return (reply?.searchResults ?? []).filter(({ expiredDate }) => !expiredDate).map(({ dncGroupId }) => dncGroupId);
    },
  };
}

/** The scheduled callbacks of a campaign (a skill): listing and removing. */
export function scheduledCallbacks(requester: AcdRequester, capability: Capability, plain: Plain): ScheduledCallbacks {
  return {
    capability,
    async list(campaignId, options) {
      const { reply } = await requester.request("listSkillCallbacks", { ...plain(options), path: { skillId: campaignId } });
      return (reply?.callbacks ?? []).map(
        ({
          callbackId,
          skillId,
          dialNumber,
          origNumber,
          firstName,
          lastName,
          callbackTime,
          target,
          agentId,
          notes,
        }): CallbackView => ({
          id: callbackId,
          campaignId: skillId ?? campaignId,
          phoneNumber: dialNumber || origNumber || undefined,
          name: [firstName, lastName].filter((one) => one !== undefined && one !== "").join(" "),
          dueAt: callbackTime ?? undefined,
          agentId: target === "A" ? (agentId ?? undefined) : undefined,
          notes: notes ?? "",
        }),
      );
    },
    async remove(callbackId, why, options) {
      try {
        await requester.request("deleteCallback", { ...plain(options), path: { callbackId }, body: { description: why } });
        return { already: false };
      } catch (thrown) {
        // Unknown or closed: in either case it will not be dialed.
        if (!(thrown instanceof TenantError) || thrown.status !== 404) throw thrown;
        return { already: true };
      }
    },
  };
}
