// outdial campaign: campaigns as code, their state, and failover. Each family of verbs registers itself on the one command.

import type { Command } from "commander";
import { campaignAsCode } from "./campaign-plan.ts";
import { campaignState } from "./campaign-state.ts";
import { failoverVerbs } from "./failover.ts";
import type { Register, Tools } from "./tools.ts";

/** Adds verbs below `outdial campaign`. */
type Family = (campaign: Command, tools: Tools) => void;

/** In the order of the help. */
const FAMILIES: readonly Family[] = [campaignAsCode, campaignState, failoverVerbs];

export const registerCampaign: Register = (program, tools) => {
  const campaign = program.command("campaign").description("campaigns as code, their state, and failover");
  for (const family of FAMILIES) family(campaign, tools);
};
