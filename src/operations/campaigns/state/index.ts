// The state of campaigns: whether one may begin to dial, pausing, resuming.

export { type CampaignFacts, campaignFacts } from "./campaign-facts.ts";
export { type ChangeOptions, type StateChange } from "./change.ts";
export { type EmergencyStopReport, EmergencyStops, readStop } from "./emergency-stop.ts";
export {
  type CampaignGate,
  type CampaignGateVerdict,
  createCampaignGate,
  listedWords,
  reasonsOf,
} from "./gate.ts";
export { type IntentBook, minuteIntents, storedIntents } from "./intents.ts";
export { type ResumeReport, type ResumeVerdict, resumeVerdict } from "./resume.ts";
export { pauseAll, type StopReport, stopAll } from "./stop.ts";
export { STOP_PATIENCE, type StopPatience } from "./stop-run.ts";
export type { ZoneWindow } from "./windows.ts";
