// What a new skill is set to: its parameter groups and the zones in which it may call.

import { WEEK } from "../../contract/acd/index.ts";

type Fields = Record<string, unknown>;

/** The parameter groups of a skill, by the name of their wrapper. */
export const GROUPS = [
  "generalSettings",
  "cpaSettings",
  "retrySettings",
  "scheduleSettings",
  "deliveryPreferences",
  "xsSettings",
  "listManagementSettings",
  "cadenceSettings",
] as const;
export type Group = (typeof GROUPS)[number];

/** Time zones that a new skill may call in. */
export const ZONES = [
  "Eastern Standard Time",
  "Central Standard Time",
  "Mountain Standard Time",
  "US Mountain Standard Time",
  "Pacific Standard Time",
];
const openZone = (standardName: string): Fields => ({
  standardName,
  startTime: "09:00",
  endTime: "21:00",
  timeZoneActiveToCall: true,
  overrideTime: false,
});

/** The zones of a new skill. */
export const zonesOfNew = (): Fields[] => ZONES.map(openZone);

function scheduleOf(): Fields {
  const days = WEEK.flatMap((day) => [
    [`${day}StartTime`, "00:00"],
    [`${day}EndTime`, "23:59"],
    [`${day}IsActive`, true],
  ]);
  return { isScheduled: false, ...Object.fromEntries(days) };
}

/** Parameter groups of a new skill. Ratio and abandonment come from the world until a client writes them. */
export function settingsOfNew(): Record<Group, Fields> {
  const retry = { minimumRetryMinutes: 240, maximumAttempts: 3, loadNonFresh: true };
  return {
    generalSettings: {
      aggressiveness: "conservative",
      percentageOfAgentsBeforeOverdial: 50,
      blockMultipleCalls: false,
      overrideBusinessUnitAbandonRate: false,
      abandonRateCutoff: 1,
      beginDampenPercentage: 50,
      maximumRingingDuration: 28,
      ...retry,
      defaultContactExpiration: 43_200,
      loadFresh: true,
      loadCallbacks: true,
      getPriorityContactsOnContactInsertion: true,
      inactiveBlenderTimer: 30,
      endOfListNotificationsDelay: 0,
      notifyAgentsWhenListIsEmpty: false,
      enableDialingByProficiency: false,
      consecutiveAttemptsWithoutALiveConnect: 10,
    },
    cpaSettings: {
      abandonTimeout: 2,
      abandonMsgMode: 1,
      abandonMessagePath: "",
      ansMachineDetMode: 2,
      ansMachineMsg: "",
      ansMachineOverrideSeconds: 0,
      exceptions: [],
      agentOverrideOptionAnsweringMachine: true,
      agentOverrideOptionFax: true,
      agentOverrideOptionBadNumber: true,
      utteranceMinimumSeconds: 0.1,
      customerLiveSilenceSeconds: 1,
      machineMinimumWithAgentSeconds: 4,
      machineMinimumWithoutAgentSeconds: 4,
      machineEndSilenceSeconds: 2,
      machineEndTimeoutSeconds: 20,
      agentNoResponseSeconds: 2,
      agentVoiceThreshold: 1000,
      customerVoiceThreshold: 1000,
      preConnectCPAEnabled: true,
      treatProgressAsRinging: false,
      preConnectCPARecording: false,
      enableCPALogging: false,
    },
    retrySettings: {
      ...retry,
      finalizeWhenExhausted: true,
      maximumNumberOfHandledCalls: 1,
      restrictedCallingMinutes: 1440,
      restrictedCallingMaxAttempts: 1,
      generalStaleMinutes: 60,
      callbackRestMinutes: 60,
      callbackStaleMinutes: 60,
      maximumNumberOfCallbacks: 3,
      releaseAgentSpecificCalls: true,
    },
    scheduleSettings: scheduleOf(),
    deliveryPreferences: {
      confirmationRequiredDisabled: false,
      confirmationRequiredDeliveryType: 1,
      confirmationRequiredTimeout: 30,
      confirmationRequiredTimeoutSubsequent: 30,
      confirmationRequiredDefaultAccept: false,
      confirmationRequiredDefault: false,
      complianceRecordsDisabled: false,
      complianceRecordsDeliveryType: 1,
      complianceRecordsTimeout: 30,
      complianceRecordsTimeoutSubsequent: 30,
      complianceRecordsDefaultAccept: false,
      showComplianceButtonReschedule: true,
      showComplianceButtonRequeue: true,
      showComplianceButtonSnooze: true,
      showComplianceButtonDisposition: true,
      showPreviewButtonReschedule: true,
      showPreviewButtonRequeue: true,
      showPreviewButtonSnooze: true,
      showPreviewButtonDisposition: true,
    },
    xsSettings: {
      xsScriptID: null,
      xsCheckinScriptID: null,
      externalOutboundSkill_No: null,
      xsSkillChangedActive: false,
      xsGetContactsActive: false,
      xsFreshThreshold: 0,
      xsAvailableThreshold: 0,
      xsReadyThreshold: 0,
      xsNumberToRetrieve: 0,
    },
    listManagementSettings: {
      displayField1Name: "",
      displayField2Name: "",
      listOrderingOptions: [{ orderType: "Create Date", direction: "Ascending" }],
    },
    cadenceSettings: {
      attemptMode: 1,
      recordRequestMode: 1,
      destinationRetryRestMinutes: 1,
      maximumAttempts: [],
      cadences: [],
    },
  };
}
