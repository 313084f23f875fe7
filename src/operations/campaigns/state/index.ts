// The state of campaigns: whether one may begin to dial, pausing, resuming.

export { type CampaignFacts, campaignFacts } from "./campaign-facts.ts";
export { type ChangeDeps, type ChangeOptions, changeState, type StateChange } from "./change.ts";
export {
  type CampaignGate,
  type CampaignGateOptions,
  type CampaignGateVerdict,
  createCampaignGate,
  type GateRefusal,
  type GateRefusalCode,
  reasonsOf,
} from "./gate.ts";
export { type IntentBook, type IntentEnd, minuteIntents, storedIntents } from "./intents.ts";
export { type ResumeDeps, type ResumeReport, resumeCampaign } from "./resume.ts";
export { pauseAll, type StopReport, stopAll } from "./stop.ts";
export type { ZoneWindow } from "./windows.ts";
