// What of a campaign's file binds the dialer.

import { expect, test } from "vitest";
import { bound } from "./regulated.ts";

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
