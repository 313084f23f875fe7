// What of a campaign's file binds the dialer.

import { expect, test } from "vitest";
import { bound } from "./plan.ts";

const rules = { startTime: "09:00:00", endTime: "19:00:00", allowedDays: ["Monday"] };
const complianceConfig = { timeZone: "America/New_York", dialingRules: rules };

test("days that the tenant is not sent restrain nobody: the campaign is judged as one that dials every day", () => {
  const document = { name: "Spring", complianceConfig };
  expect(bound(document, undefined).dialingRules).toEqual(rules);
  expect(bound(document, document).dialingRules).toEqual(rules);
  const { allowedDays: _, ...hours } = rules;
  const sent = { name: "Spring", complianceConfig: { ...complianceConfig, dialingRules: hours } };
  expect(bound(document, sent).dialingRules?.allowedDays).toHaveLength(7);
  expect(bound({ name: "Spring" }, sent).dialingRules).toBeNull();
});

test("hours that are sent without their zone are read by the clock of whoever is called", () => {
  const document = { name: "Spring", complianceConfig };
  expect(bound(document, undefined).clockOf).toBe("campaign");
  expect(bound(document, document).clockOf).toBe("campaign");
  expect(bound(document, { name: "Spring", complianceConfig: { dialingRules: rules } }).clockOf).toBe("called");
  // A zone that cannot be read was told already; the hours bind all the same.
  const odd = { name: "Spring", complianceConfig: { ...complianceConfig, timeZone: "Mars/Olympus" } };
  expect(bound(odd, { name: "Spring", complianceConfig: { dialingRules: rules } })).toMatchObject({
    timeZone: undefined,
    clockOf: "called",
    dialingRules: rules,
  });
  // A tenant that takes the whole document reads it by the campaign's zone, also when the file lacks it.
  const zoneless = { name: "Spring", complianceConfig: { dialingRules: rules } };
  expect(bound(zoneless, zoneless).clockOf).toBe("campaign");
});

test("where a tenant keeps what a file leaves out, what it lets be done at most is judged", () => {
  const kept = { atMost: { startTime: "06:00:00", endTime: "22:00:00", perDay: 4 } };
  expect(bound({ name: "Spring" }, { name: "Spring" }, kept)).toMatchObject({
    clockOf: "called",
    dialingRules: { startTime: "06:00:00", endTime: "22:00:00" },
    rateLimits: { maxCallsPerContactPerDay: 4, maxCallsPerContactPerWeek: Number.POSITIVE_INFINITY },
  });
  // The limit of a week is not sent: it limits nothing.
  const rateLimits = { maxCallsPerContactPerDay: 2, maxCallsPerContactPerWeek: 3 };
  const document = { name: "Spring", complianceConfig: { dialingRules: rules, rateLimits } };
  expect(bound(document, document, kept).rateLimits).toEqual({
    maxCallsPerContactPerDay: 2,
    maxCallsPerContactPerWeek: Number.POSITIVE_INFINITY,
  });
  expect(bound({ name: "New" }, { name: "New" }, {})).toMatchObject({ dialingRules: null, rateLimits: null });
});
