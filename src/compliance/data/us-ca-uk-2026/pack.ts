// The shipped rule pack: calling rules of the United States, Canada and the United Kingdom as they were known in November 2026.

import type { RulePack } from "../../pack/schema.ts";
import { ZONE_DATA } from "../zone-data.ts";
import { calendars } from "./calendars.ts";
import { everywhereRules } from "./everywhere.ts";
import { federalRules } from "./federal.ts";
import { jurisdictions } from "./jurisdictions.ts";
import { britishRules, canadianRules } from "./other-countries.ts";
import { stateRules } from "./states.ts";

/** The whole pack. It is engineering material with sources, not legal advice: docs/rule-packs.md says what is not settled. */
export function usCaUk2026(): RulePack {
  return {
    format: "outdial-rule-pack/1",
    id: "us-ca-uk-2026",
    title: "Calling rules of the United States, Canada and the United Kingdom, 2026",
    version: "2026.11.17",
    note: 'Not legal advice. Where sources disagree the strictest reading stands; notes that begin with "To confirm" need a lawyer or a live source. Calendars are written out from 2024 to the end of 2039.',
    jurisdictions: jurisdictions(),
    rules: [...everywhereRules(), ...federalRules(), ...stateRules(), ...canadianRules(), ...britishRules()],
    calendars: calendars(),
    emergencies: [],
    zoneData: ZONE_DATA,
    geography: "builtin",
  };
}
