// The state of campaigns: whether one may begin to dial, pausing, resuming.

export { type CampaignFacts, campaignFacts } from "./campaign-facts.ts";
export {
  type CampaignGate,
  type CampaignGateOptions,
  type CampaignGateVerdict,
  createCampaignGate,
  type GateRefusal,
  type GateRefusalCode,
} from "./gate.ts";
export type { ZoneWindow } from "./windows.ts";
