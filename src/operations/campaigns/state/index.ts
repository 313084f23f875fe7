// The state of campaigns: whether one may begin to dial, pausing, resuming.

export { type CampaignFacts, campaignFacts } from "./campaign-facts.ts";
export { type ChangeOptions, pauseAll, type StateChange } from "./change.ts";
export { type EmergencyStopReport, EmergencyStops, endOf, type StopJot, stopRecords } from "./emergency-stop.ts";
export {
  type CampaignGate,
  type CampaignGateVerdict,
  contactsClosed,
  createCampaignGate,
  hoursAt,
  listedWords,
  reasonsOf,
  wasOutside,
  type ZoneWindow,
} from "./gate.ts";
export { type ResumeReport, type ResumeVerdict, resumeVerdict } from "./resume.ts";
export { type KnownOfCampaigns, StopRun, type StopRunDeps } from "./stop.ts";
export { STOP_PATIENCE, type StopPatience } from "./stop-pauses.ts";
