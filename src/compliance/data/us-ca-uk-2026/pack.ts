// The shipped rule pack: calling rules of the United States, Canada and the United Kingdom as they were known in November 2026.

import type { RulePack } from "../../pack/schema.ts";
import { calendars } from "./calendars.ts";
import { federalRules } from "./federal.ts";
import { jurisdictions } from "./jurisdictions.ts";
import { britishRules, canadianRules } from "./other-countries.ts";
import { stateRules } from "./states.ts";

/** Writes the pack out. Engineering material with sources, not legal advice: docs/rule-packs.md says what is not settled. */
export function usCaUk2026(): RulePack {
  return {
    format: "outdial-rule-pack/1",
    id: "us-ca-uk-2026",
    title: "Calling rules of the United States, Canada and the United Kingdom, 2026",
    version: "2026.11.2",
    note: 'Not legal advice. Where sources disagree the strictest reading stands; notes that begin with "To confirm" need a lawyer or a live source. Calendars are written out to the end of 2029.',
    jurisdictions: jurisdictions(),
    rules: [...federalRules(), ...stateRules(), ...canadianRules(), ...britishRules()],
    calendars: calendars(),
    emergencies: [],
    geography: "builtin",
  };
}
