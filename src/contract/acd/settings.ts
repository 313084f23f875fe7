// The parameter groups of a skill that dials. They are read flat and written under a wrapper; a write merges (of time zones:
// replaces) and takes effect at once. There is no locking. Ranges: published reference. Names: published reference, seen in
// public clients.

import { z } from "zod";
import { type AcdOperation, read, silentWrite } from "./common.ts";
import { maybeBoolean, maybeId, maybeInteger, maybeNumber, maybeText } from "./scalars.ts";

/** Names of the weekdays in parameter groups, Sunday first. */
export const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day as HH:MM");
const int = (min: number, max: number) => z.int().min(min).max(max).optional();
const num = (min: number, max: number) => z.number().min(min).max(max).optional();
const flag = z.boolean().optional();

/** Fields that the group shares with the retry settings: one value that both show. */
const sharedRetry = { minimumRetryMinutes: int(1, 50_000), maximumAttempts: int(1, 300), loadNonFresh: flag };

const generalChange = z.strictObject({
  maximumRatio: int(1, 3),
  // Only "conservative" is known: a value that was read is passed on, no other is sent.
  aggressiveness: z.string().optional(),
  percentageOfAgentsBeforeOverdial: int(0, 100),
  blockMultipleCalls: flag,
  overrideBusinessUnitAbandonRate: flag,
  abandonRateThreshold: num(0, 99.9),
  abandonRateCutoff: num(0, 100),
  beginDampenPercentage: num(0, 100),
  maximumRingingDuration: int(1, 60),
  ...sharedRetry,
  defaultContactExpiration: int(1, 527_039),
  loadFresh: flag,
  loadCallbacks: flag,
  getPriorityContactsOnContactInsertion: flag,
  inactiveBlenderTimer: int(15, 999),
  endOfListNotificationsDelay: int(0, 3600),
  notifyAgentsWhenListIsEmpty: flag,
  enableDialingByProficiency: flag,
  consecutiveAttemptsWithoutALiveConnect: int(1, 999),
  proficiencyFactor: int(0, 999),
  waitTimeFactor: int(0, 999),
  maxConcurrentCallsPerAgent: int(1, 10),
  maxWaitTimeSeconds: int(0, 999),
  deliverCallbacksOnDNCHolidays: flag,
  deliverPrioritiesOnDNCHolidays: flag,
});

/** Ratio of calls to agents, the allowed share of abandoned calls is in percent, ringing in seconds. */
const generalSettings = z.looseObject({
  maximumRatio: maybeInteger,
  aggressiveness: maybeText,
  percentageOfAgentsBeforeOverdial: maybeInteger,
  blockMultipleCalls: maybeBoolean,
  overrideBusinessUnitAbandonRate: maybeBoolean,
  abandonRateThreshold: maybeNumber,
  abandonRateCutoff: maybeNumber,
  beginDampenPercentage: maybeNumber,
  maximumRingingDuration: maybeInteger,
  minimumRetryMinutes: maybeInteger,
  maximumAttempts: maybeInteger,
  loadNonFresh: maybeBoolean,
  defaultContactExpiration: maybeInteger,
  loadFresh: maybeBoolean,
  loadCallbacks: maybeBoolean,
  getPriorityContactsOnContactInsertion: maybeBoolean,
  inactiveBlenderTimer: maybeInteger,
  endOfListNotificationsDelay: maybeInteger,
  notifyAgentsWhenListIsEmpty: maybeBoolean,
  enableDialingByProficiency: maybeBoolean,
  consecutiveAttemptsWithoutALiveConnect: maybeInteger,
});

const machineException = z.strictObject({
  attempt_No: z.int().min(1).max(6),
  ansMachineDetMode: z.int().min(0).max(9),
  ansMachineMsg: z.string().optional(),
});
const cpaChange = z.strictObject({
  abandonTimeout: int(0, 60),
  abandonMsgMode: int(0, 2),
  abandonMessagePath: z.string().optional(),
  ansMachineDetMode: int(0, 9),
  ansMachineMsg: z.string().optional(),
  ansMachineOverrideSeconds: int(0, 20),
  exceptions: z.array(machineException).optional(),
  agentOverrideOptionAnsweringMachine: flag,
  agentOverrideOptionFax: flag,
  agentOverrideOptionBadNumber: flag,
  utteranceMinimumSeconds: num(0.1, 0.5),
  customerLiveSilenceSeconds: num(0.5, 2),
  machineMinimumWithAgentSeconds: num(2, 10),
  machineMinimumWithoutAgentSeconds: num(2, 10),
  machineEndSilenceSeconds: num(1, 5),
  machineEndTimeoutSeconds: num(5, 60),
  agentNoResponseSeconds: num(0.5, 4),
  agentVoiceThreshold: int(100, 100_000),
  customerVoiceThreshold: int(100, 100_000),
  preConnectCPAEnabled: flag,
  treatProgressAsRinging: flag,
  preConnectCPARecording: flag,
  enableCPALogging: flag,
});

/**
 * Answering machine detection. `abandonTimeout`: seconds after the customer speaks. Unset numbers must not be sent: null is
 * refused.
 */
const cpaSettings = z.looseObject({
  abandonTimeout: maybeInteger,
  abandonMsgMode: maybeInteger,
  abandonMessagePath: maybeText,
  ansMachineDetMode: maybeInteger,
  ansMachineMsg: maybeText,
  ansMachineOverrideSeconds: maybeInteger,
  exceptions: z.array(z.looseObject({ attempt_No: maybeInteger, ansMachineDetMode: maybeInteger })).nullish(),
  agentOverrideOptionAnsweringMachine: maybeBoolean,
  agentOverrideOptionFax: maybeBoolean,
  agentOverrideOptionBadNumber: maybeBoolean,
  preConnectCPAEnabled: maybeBoolean,
  treatProgressAsRinging: maybeBoolean,
});

const retryChange = z.strictObject({
  ...sharedRetry,
  finalizeWhenExhausted: flag,
  maximumNumberOfHandledCalls: int(1, 300),
  restrictedCallingMinutes: int(0, 9999),
  restrictedCallingMaxAttempts: int(0, 10),
  generalStaleMinutes: int(10, 1440),
  callbackRestMinutes: int(1, 129_600),
  callbackStaleMinutes: int(10, 1440),
  maximumNumberOfCallbacks: int(1, 300),
  releaseAgentSpecificCalls: flag,
});

/** `restrictedCallingMaxAttempts` calls within `restrictedCallingMinutes` are the cap on attempts per contact. */
const retrySettings = z.looseObject({
  loadNonFresh: maybeBoolean,
  finalizeWhenExhausted: maybeBoolean,
  maximumAttempts: maybeInteger,
  minimumRetryMinutes: maybeInteger,
  maximumNumberOfHandledCalls: maybeInteger,
  restrictedCallingMinutes: maybeInteger,
  restrictedCallingMaxAttempts: maybeInteger,
  generalStaleMinutes: maybeInteger,
  callbackRestMinutes: maybeInteger,
  callbackStaleMinutes: maybeInteger,
  maximumNumberOfCallbacks: maybeInteger,
  releaseAgentSpecificCalls: maybeBoolean,
});

type DayField<Day extends string> = `${Day}StartTime` | `${Day}EndTime` | `${Day}IsActive`;
type WeekShape<Time, Active> = {
  [Field in DayField<(typeof WEEK)[number]>]: Field extends `${string}IsActive` ? Active : Time;
};
function weekShape<Time extends z.ZodType, Active extends z.ZodType>(time: Time, active: Active): WeekShape<Time, Active> {
  const shape = Object.fromEntries(
    WEEK.flatMap((day) => [
      [`${day}StartTime`, time],
      [`${day}EndTime`, time],
      [`${day}IsActive`, active],
    ]),
  );
  return shape as WeekShape<Time, Active>;
}

/** Hours of dialing by weekday, in the tenant's own time zone. */
const scheduleSettings = z.looseObject({ isScheduled: maybeBoolean, ...weekShape(maybeText, maybeBoolean) });
const scheduleChange = z.strictObject({ isScheduled: flag, ...weekShape(clockTime.optional(), flag) });

/**
 * The calling window of a Windows time zone, in the called person's local time. One per zone: weekdays and holidays make no
 * difference.
 */
const zoneWindow = z.looseObject({
  standardName: z.string().min(1),
  startTime: maybeText,
  endTime: maybeText,
  timeZoneActiveToCall: maybeBoolean,
  overrideTime: maybeBoolean,
});
const zoneWindowChange = z.strictObject({
  standardName: z.string().min(1),
  startTime: clockTime,
  endTime: clockTime,
  timeZoneActiveToCall: z.boolean(),
  overrideTime: z.boolean().optional(),
});

const deliveryType = int(0, 5);
const wait = int(1, 300);
const deliveryChange = z.strictObject({
  confirmationRequiredDisabled: flag,
  confirmationRequiredDeliveryType: deliveryType,
  confirmationRequiredTimeout: wait,
  confirmationRequiredTimeoutSubsequent: wait,
  confirmationRequiredDefaultAccept: flag,
  confirmationRequiredDefault: flag,
  complianceRecordsDisabled: flag,
  complianceRecordsDeliveryType: deliveryType,
  complianceRecordsTimeout: wait,
  complianceRecordsTimeoutSubsequent: wait,
  complianceRecordsDefaultAccept: flag,
  showComplianceButtonReschedule: flag,
  showComplianceButtonRequeue: flag,
  showComplianceButtonSnooze: flag,
  showComplianceButtonDisposition: flag,
  showPreviewButtonReschedule: flag,
  showPreviewButtonRequeue: flag,
  showPreviewButtonSnooze: flag,
  showPreviewButtonDisposition: flag,
});

/** How records are delivered to agents; timeouts in seconds. */
const deliveryPreferences = z.looseObject({
  confirmationRequiredDeliveryType: maybeInteger,
  confirmationRequiredTimeout: maybeInteger,
  complianceRecordsDeliveryType: maybeInteger,
  complianceRecordsTimeout: maybeInteger,
});

/** The connection to an external source of contacts. */
const xsSettings = z.looseObject({
  xsScriptID: maybeId,
  xsCheckinScriptID: maybeId,
  externalOutboundSkill_No: maybeId,
  xsSkillChangedActive: maybeBoolean,
  xsGetContactsActive: maybeBoolean,
  xsFreshThreshold: maybeInteger,
  xsAvailableThreshold: maybeInteger,
  xsReadyThreshold: maybeInteger,
  xsNumberToRetrieve: maybeInteger,
});

/**
 * How a skill orders its list. The words of `orderType` and `direction` are not published; numbers are possible here, and only text is
 * written. The second display field is spelled `displayField2NAme` in readings.
 */
export const orderedList = z.looseObject({
  listManagementSettings: z
    .looseObject({
      displayField1Name: maybeText,
      displayField2Name: maybeText,
      displayField2NAme: maybeText,
      listOrderingOptions: z.array(z.looseObject({ orderType: z.unknown(), direction: z.unknown() })).nullish(),
    })
    .nullish(),
});
const listManagementChange = z.strictObject({
  displayField1Name: z.string().optional(),
  displayField2Name: z.string().optional(),
  listOrderingOptions: z.array(z.strictObject({ orderType: z.string(), direction: z.string() })),
});

/** All groups in one read, with field names of its own: for an overview, and for what has no reading of its own. */
const skillParameters = orderedList.extend({
  skillName: maybeText,
  skillNo: maybeId,
  callingLists: z.array(z.looseObject({ id: maybeId, name: maybeText })).nullish(),
  cadenceSettings: z.looseObject({ attemptMode: z.unknown(), recordRequestMode: z.unknown() }).nullish(),
});

const NO_SKILL = { 404: "Invalid skillId" } as const;
const REFUSED = { 400: "Invalid parameter", ...NO_SKILL } as const;

const group = {
  ...read,
  section: "settings",
  permission: "Skills View",
  refusals: NO_SKILL,
  evidence: "published and seen",
} as const;
/** Where more is sent than is changed, or by a file alone, a write whose reply was lost is not repeated before the next reading: `once`. */
const change = {
  ...silentWrite,
  section: "settings",
  method: "PUT",
  retry: "idempotent",
  permission: "Skills Edit",
  refusals: REFUSED,
  evidence: "published and seen",
} as const;
const within = (...names: readonly string[]) => ({ within: ["resultSet", ...names] });
const anyFields = () => z.looseObject({});
const under = <Name extends string>(name: Name) =>
  z.looseObject({ [name]: anyFields() } as { [K in Name]: ReturnType<typeof anyFields> });

export const settings = {
  getSkillParameters: {
    ...group,
    summary: "All parameter groups of a skill in one read, for an overview",
    path: "/skills/{skillId}/parameters",
    versions: { pin: 30 },
    envelope: within(),
    reply: skillParameters,
  },
  getGeneralSettings: {
    ...group,
    summary: "General dialing settings of a skill: calls per agent, abandoned calls, ringing",
    path: "/skills/{skillId}/parameters/general-settings",
    versions: { pin: 30, fallbacks: [13] },
    envelope: within("generalSettings"),
    aliases: { getPriorityContactsOnContactinsertion: "getPriorityContactsOnContactInsertion" },
    reply: generalSettings,
  },
  putGeneralSettings: {
    ...change,
    summary: "Change general dialing settings of a skill; in force at once",
    path: "/skills/{skillId}/parameters/general-settings",
    versions: { pin: 30, fallbacks: [13] },
    wrapper: "generalSettings",
    request: generalChange,
    accepts: under("generalSettings"),
  },
  getCpa: {
    ...group,
    summary: "Call progress analysis of a skill: machines and abandoned calls",
    path: "/skills/{skillId}/parameters/cpa-management",
    // The reference of v33 lists one field only.
    versions: { pin: 23, fallbacks: [30] },
    envelope: within("cpaSettings"),
    reply: cpaSettings,
  },
  putCpa: {
    ...change,
    summary: "Change call progress analysis of a skill; in force at once",
    path: "/skills/{skillId}/parameters/cpa-management",
    versions: { pin: 23, fallbacks: [30] },
    wrapper: "cpaSettings",
    request: cpaChange,
    accepts: under("cpaSettings"),
  },
  getRetry: {
    ...group,
    summary: "Attempts, rests and the cap on calls per contact of a skill",
    path: "/skills/{skillId}/parameters/retry-settings",
    versions: { pin: 30, fallbacks: [13] },
    envelope: within("retrySettings"),
    reply: retrySettings,
  },
  putRetry: {
    ...change,
    retry: "once",
    summary: "Change attempts and rests of a skill",
    path: "/skills/{skillId}/parameters/retry-settings",
    versions: { pin: 30, fallbacks: [13] },
    wrapper: "retrySettings",
    request: retryChange,
    accepts: under("retrySettings"),
  },
  getSchedule: {
    ...group,
    summary: "Hours of dialing of a skill by weekday, in the tenant's time zone",
    path: "/skills/{skillId}/parameters/schedule-settings",
    versions: { pin: 30, fallbacks: [13] },
    envelope: within("scheduleSettings"),
    reply: scheduleSettings,
  },
  putSchedule: {
    ...change,
    retry: "once",
    summary: "Change hours of dialing of a skill; weeks with inactive days were refused on one tenant",
    path: "/skills/{skillId}/parameters/schedule-settings",
    versions: { pin: 30, fallbacks: [13] },
    wrapper: "scheduleSettings",
    request: scheduleChange,
    accepts: under("scheduleSettings"),
  },
  getTimeZones: {
    ...group,
    summary: "Windows of dialing of a skill by time zone, local to who is called",
    path: "/skills/{skillId}/parameters/time-zones",
    versions: { pin: 30 },
    envelope: { within: ["resultSet"], items: ["timeZoneSettings"] },
    evidence: "published",
    reply: z.looseObject({ timeZoneSettings: z.array(zoneWindow) }),
  },
  putTimeZones: {
    ...change,
    retry: "once",
    summary: "Replace the windows of dialing of a skill; zones left out are switched off",
    path: "/skills/{skillId}/parameters/time-zones",
    versions: { pin: 30 },
    wrapper: "timeZoneSettings",
    evidence: "published",
    request: z.array(zoneWindowChange),
    accepts: z.looseObject({ timeZoneSettings: z.array(zoneWindow) }),
  },
  getDelivery: {
    ...group,
    summary: "How a skill delivers records to agents",
    path: "/skills/{skillId}/parameters/delivery-preferences",
    versions: { pin: 34, fallbacks: [13] },
    envelope: within("deliveryPreferences"),
    reply: deliveryPreferences,
  },
  putDelivery: {
    ...change,
    summary: "Change how a skill delivers records to agents",
    path: "/skills/{skillId}/parameters/delivery-preferences",
    versions: { pin: 34, fallbacks: [13] },
    wrapper: "deliveryPreferences",
    request: deliveryChange,
    accepts: under("deliveryPreferences"),
  },
  getXs: {
    ...group,
    summary: "The connection of a skill to an external source of contacts",
    path: "/skills/{skillId}/parameters/xs-settings",
    versions: { pin: 30, fallbacks: [13] },
    envelope: within("xsSettings"),
    reply: xsSettings,
  },
  putXs: {
    ...change,
    summary: "Change the connection of a skill to an external source of contacts",
    path: "/skills/{skillId}/parameters/xs-settings",
    versions: { pin: 30, fallbacks: [13] },
    wrapper: "xsSettings",
    reserved: "the external source belongs to another system",
    request: z.looseObject({}),
    accepts: under("xsSettings"),
  },
  putCadence: {
    ...change,
    summary: "Replace the order in which a contact's numbers are tried",
    path: "/skills/{skillId}/parameters/cadence-settings",
    versions: { pin: 30 },
    evidence: "published",
    reserved: "values of its modes are not known, and it cannot be read back in the same form",
    request: z.looseObject({}),
  },
  putListManagement: {
    ...change,
    retry: "once",
    summary: "Replace the order of a skill's list",
    path: "/skills/{skillId}/parameters/list-management",
    versions: { pin: 30 },
    evidence: "published",
    request: listManagementChange,
    accepts: z.looseObject({}),
  },
} as const satisfies Record<string, AcdOperation>;
