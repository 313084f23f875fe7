// The work that is left in a campaign: in short for lists, and whole.

import { z } from "zod";
import { count, time } from "./common.ts";

/** The work that is left, in short: for sorted lists. */
export const workloadInShort = z
  .strictObject({
    penetration: z.number().nullable().describe("List penetration: contacts attempted of the contacts on the list, 0 to 1"),
    hoursLeft: z.number().nullable().describe("Hours of work left at the measured pace"),
    callbacksDue: count.nullable().describe("Scheduled callbacks whose time has come"),
    agents: count.nullable().describe("Agents logged in"),
    occupancy: z.number().nullable().describe("0 to 1, over 30 minutes"),
    at: time.nullable().describe("When it was read; null: never. Agents are as old as the figures"),
  })
  .meta({ id: "WorkloadInShort", description: "A figure that is not known is null; campaigns.show says why" });

/** A figure, or why there is none. */
const known = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({
    value: value.nullable(),
    why: z.string().nullable().describe("Why there is no value; null when there is one"),
    at: time.nullable().describe("When what it follows from was read; null: never"),
  });

/** The work that is left in a campaign, and the agents for it. */
export const workload = z
  .strictObject({
    penetration: known(
      z.strictObject({
        rate: z.number().describe("attempted / contacts"),
        attempted: count.describe("Contacts that were dialed at least once"),
        contacts: count.describe("Contacts on the list"),
        countedBy: z
          .enum(["tenant", "outdial"])
          .describe("outdial: numbers of the calls that it was told of, of the contacts that the tenant says are on the list"),
      }),
    ).describe("List penetration"),
    dialable: known(
      z.strictObject({
        contacts: count,
        of: z
          .enum(["not final", "callable by the rules", "not attempted yet"])
          .describe("not final: the tenant may dial them again. callable by the rules: now or later, by outdial's gate"),
      }),
    ).describe("Contacts that may still be dialed"),
    pace: known(
      z.strictObject({
        perHour: z.number(),
        low: z.number(),
        high: z.number().describe("low and high: 95 %, by the count and by what the windows differ"),
        dials: count,
        hours: z.number().describe("Of the windows in which calls were placed, of the last three hours"),
        windows: count,
      }),
    ).describe("Calls placed an hour while it dials"),
    hoursLeft: known(
      z.strictObject({
        hours: z.number(),
        low: z.number(),
        high: z.number().nullable().describe("low and high: by the interval of the pace; null: no end"),
        today: z
          .strictObject({ hours: z.number(), until: time })
          .nullable()
          .describe("Calling hours that are left until every window has closed; null while all are closed"),
        opens: time.nullable().describe("When calling hours begin next, within a day"),
        perDay: z.number().describe("Calling hours in the day after the windows were looked at; 0 when they are not known"),
        days: z.number().nullable().describe("hours over perDay: days of calling hours; null when perDay is 0"),
      }),
    ).describe("Hours of work left: until each dialable contact was dialed once more, at the pace"),
    callbacks: known(
      z.strictObject({
        waiting: count,
        due: count.describe("Their time has come"),
        withinHour: count.describe("Due within an hour of `at`, not yet due then"),
        next: time.nullable(),
      }),
    ).describe("Scheduled callbacks at the tenant"),
    agents: known(
      z.strictObject({
        loggedIn: count.nullable(),
        available: count.nullable().describe("Waiting for a call"),
        working: count.nullable().describe("With a contact"),
        wrapUp: count.nullable().describe("After a call"),
      }),
    ).describe("Agents of the moment; one who works for several campaigns counts in each"),
    mostAgents: count.nullable().describe("concurrency.max_agents of the dialer settings that were read; null: not read"),
    occupancy: known(
      z.strictObject({
        rate: z.number(),
        busyMinutes: z.number().describe("Agent-minutes of talk and wrap-up"),
        staffedMinutes: z.number().describe("The same, and the time in which agents waited for a call"),
        windowMinutes: z.number(),
        readings: count,
      }),
    ).describe(
      "Talk and wrap-up of the time in which agents talked, wrapped up or waited for a call; breaks count on neither side",
    ),
  })
  .meta({ id: "Workload" });
export type Workload = z.output<typeof workload>;

/** Who works on a campaign. */
export const campaignAgent = z
  .strictObject({
    id: z.string(),
    name: z.string().nullable().describe("Null: the role may not see it"),
    team: z.string().nullable(),
    assigned: z.boolean().describe("False: signed in on the campaign without being assigned to it"),
    proficiency: z.int().nullable().describe("Lower ones come first"),
    signedIn: z.boolean().nullable().describe("Null: the role may not see it"),
    state: z.string().nullable().describe("In the tenant's words, of one who is signed in"),
    since: z.string().nullable().describe("As the tenant writes it"),
  })
  .meta({ id: "CampaignAgent" });
export type CampaignAgent = z.output<typeof campaignAgent>;
