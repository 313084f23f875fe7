// The world's campaigns and lists as the ACD API shows them: skills and calling lists.

import { PERSONAL_CONNECTION, PHONE_MEDIA } from "../../contract/acd/index.ts";
import { OUTCOME_CODES } from "../../contract/index.ts";
import type { Instant } from "../../kernel/index.ts";
import type { CampaignRecord } from "../state/campaigns.ts";
import { campaignChanged } from "../state-changes.ts";
import type { Tenant } from "../tenant.ts";
import { bodyField } from "./call.ts";
import { type AcdList, type AcdSkill, type AcdState, codeOf, DIALER_FOUND } from "./state.ts";

export const time = (at: Instant): string => new Date(at).toISOString();

/** Carries out starts and stops that have become due. */
export function settle(tenant: Tenant, state: AcdState, now: Instant): void {
  for (const skill of state.skills) {
    const { pending } = skill;
    if (pending === undefined || pending.at > now) continue;
    skill.pending = undefined;
    setStatus(tenant, skill, pending.to);
    if (pending.hangsUp === true) tenant.engine.hangUp(skill.world);
  }
  for (const callback of state.callbacks) callBack(tenant, state, callback, now);
}

/** Places the call of a due callback as soon as its skill runs. */
function callBack(tenant: Tenant, state: AcdState, callback: AcdState["callbacks"][number], now: Instant): void {
  if (callback.closed || Date.parse(String(callback["callbackTime"])) > now) return;
  const skill = state.skills.find(({ skillId }) => skillId === callback["skillId"]);
  if (skill === undefined || !isRunning(tenant, skill)) return;
  callback.closed = dialFor(tenant, skill, String(callback["dialNumber"])) !== undefined;
}

/** Places one call of a skill to a number of digits. @returns the world's id of the call */
export function dialFor(tenant: Tenant, skill: AcdSkill, digits: string): string | undefined {
  const placed = tenant.engine.place(skill.world);
  if (placed === undefined) return undefined;
  // The dialer has taken its next contact for this call; the called number is another.
  tenant.calls.put({ ...placed, contactId: undefined, phoneNumber: digits.length === 10 ? `+1${digits}` : `+${digits}` });
  return placed.id;
}

function setStatus(tenant: Tenant, { world }: AcdSkill, status: "active" | "paused"): void {
  const before = tenant.campaigns.get(world);
  if (before === undefined || before.document.status === status) return;
  const after = tenant.campaigns.merge(world, { status }, tenant.clock.now());
  if (after === undefined) return;
  tenant.shadows.keep(`campaign/${world}`, before);
  campaignChanged(tenant, before, after, "acd");
}

/** Schedules a start or stop in so many seconds. @param hangsUp also ends running calls */
export function later(
  tenant: Tenant,
  state: AcdState,
  skill: AcdSkill,
  { to, seconds, hangsUp }: { readonly to: "active" | "paused"; readonly seconds: number; readonly hangsUp?: boolean },
): void {
  const at = tenant.clock.now() + seconds * 1000;
  skill.pending = { to, at, hangsUp };
  if (seconds === 0) settle(tenant, state, at);
  else tenant.clock.schedule(at, (due) => settle(tenant, state, due));
}

export const recordOf = (tenant: Tenant, { world }: AcdSkill): CampaignRecord | undefined => tenant.campaigns.get(world);
export const isRunning = (tenant: Tenant, skill: AcdSkill): boolean => recordOf(tenant, skill)?.document.status === "active";

/** The name of a skill. */
export function nameOf(tenant: Tenant, skill: AcdSkill): string {
  const name = recordOf(tenant, skill)?.document["name"];
  return typeof name === "string" ? name : skill.world;
}

const isDialer = ({ fields }: AcdSkill): boolean =>
  fields["isOutbound"] !== false && (fields["mediaTypeId"] ?? PHONE_MEDIA) === PHONE_MEDIA;

export { isDialer as canDial };

/** A skill as `getSkill` shows it. */
export function shownSkill(tenant: Tenant, state: AcdState, skill: AcdSkill): Record<string, unknown> {
  const campaignId = Number(skill.fields["campaignId"] ?? state.groups[0]?.id ?? 0);
  // Beside the campaign's own codes those that the world's agents enter: a contact has a code of its skill.
  const own = recordOf(tenant, skill)?.dispositionCodes ?? [];
  const entered = OUTCOME_CODES.filter((code) => !DIALER_FOUND.has(code) && own.every(({ id }) => id !== code));
  const codes = [...own, ...entered.map((id) => ({ id, name: "" }))].map(({ id, name }, place) => ({
    dispositionId: codeOf(state, id, name).id,
    dispositionName: id,
    priority: place + 1,
    isPreviewDisposition: false,
  }));
  return {
    skillId: skill.skillId,
    skillName: nameOf(tenant, skill),
    mediaTypeId: PHONE_MEDIA,
    mediaTypeName: "Phone Call",
    isActive: true,
    isOutbound: true,
    outboundStrategy: PERSONAL_CONNECTION,
    callerIdOverride: "8005550100",
    scriptId: 0,
    agentless: false,
    agentlessPorts: 0,
    priorityBlending: false,
    deliverMultipleNumbersSerially: false,
    cradleToGrave: false,
    outboundTelecomRouteId: 0,
    emailFromAddress: "",
    screenPopTriggerEvent: "",
    acwTypeId: 2,
    stateIdACW: 11,
    maxSecondsACW: 60,
    requireDisposition: true,
    allowSecondaryDisposition: false,
    scriptDisposition: false,
    agentRestTime: 0,
    callSuppressionScriptId: "",
    dispositions: codes,
    ...skill.fields,
    campaignId,
    campaignName: state.groups.find(({ id }) => id === campaignId)?.name ?? "",
    isRunning: isRunning(tenant, skill),
  };
}

/** The skills that dial a list. */
export function skillsOfList(tenant: Tenant, state: AcdState, list: AcdList): AcdSkill[] {
  return state.skills.filter((skill) => bodyField(recordOf(tenant, skill)?.document, "contactListId") === list.world);
}
