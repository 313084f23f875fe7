// What a person is told of people on the company's list before a campaign dials.

import { expect, test } from "vitest";
import type { ResumeVerdict } from "../campaigns/state/resume.ts";
import { resumeVerdict } from "../campaigns/state/resume.ts";
import type { GateManifest } from "../compliance/index.ts";
import { gateChecks } from "./campaign-checks.ts";

const manifest = {
  id: "gate_1",
  input: { contacts: 100 },
  counts: { dial: 98, later: 0, never: 2, refused: 0 },
  byReason: [{ reason: "do not call", verdict: "never", contacts: 2 }],
  facts: { registries: [] },
} as unknown as GateManifest;

const gate = (onCompanyList: number) =>
  ({
    campaign: { id: "c" },
    at: 0,
    allowed: true,
    refusals: [],
    manifest,
    read: 100,
    announced: 100,
    whole: true,
    onCompanyList,
    nextAllowed: null,
    windows: [],
    abandonment: [],
  }) as unknown as ResumeVerdict;

const groups = { campaignId: "c", groups: [{ id: "1", name: "Company", numbers: 5 }], suppressed: 7, theirs: 0 };
const nobody = async () => null;
const of = async (onCompanyList: number, missing?: number) =>
  resumeVerdict(
    { pairAgainst: nobody, doNotCall: async () => (missing === undefined ? null : { ...groups, missing }) },
    gate(onCompanyList) as never,
  );
const told = (verdict: ResumeVerdict) => gateChecks(verdict).filter(({ check }) => /company's list|groups/.test(check));

test("where the tenant has groups, somebody on the company's list is a refusal unless the groups hold all of it", async () => {
  expect(await of(2, 1)).toMatchObject({ allowed: false, refusals: [{ code: "company_list_not_held" }] });
  expect(told(await of(2, 1))).toMatchObject([
    { passed: false, text: expect.stringMatching(/^2 of 100 contacts read .*dnc push/) },
  ]);
  expect(await of(2, 0)).toMatchObject({ allowed: true, refusals: [] });
  expect(told(await of(2, 0))).toMatchObject([{ passed: true }]);
  // Nobody of those who were read is on it: shown, and no refusal.
  expect(await of(0, 1)).toMatchObject({ allowed: true });
  expect(told(await of(0, 1))).toMatchObject([{ passed: null }]);
});

test("groups that could not be compared hold nobody back", async () => {
  const verdict = await resumeVerdict({ pairAgainst: nobody, doNotCall: async () => ({ problem: "late" }) }, gate(1) as never);
  expect(verdict).toMatchObject({ allowed: false, refusals: [{ text: expect.stringContaining("late") }] });
});

test("where it has none, who is on the list of contacts is called: that is said, and forbids nothing", async () => {
  const verdict = await of(2);
  expect(verdict.allowed).toBe(true);
  expect(told(verdict)).toMatchObject([
    { passed: null, text: expect.stringMatching(/^2 of 100 .*calls whoever is on its list/) },
  ]);
  expect(told(await of(0))).toEqual([]);
});
