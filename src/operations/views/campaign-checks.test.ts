// What a person is told of people on the company's list before a campaign dials.

import { expect, test } from "vitest";
import { HALT, PAIR_CASES } from "../../../test/support/failover-states.ts";
import type { PairReport } from "../campaigns/failover/pair.ts";
import type { ResumeVerdict } from "../campaigns/state/resume.ts";
import { resumeVerdict } from "../campaigns/state/resume.ts";
import type { GateManifest } from "../compliance/index.ts";
import { gateChecks, pairChecks } from "./campaign-checks.ts";
import { CALLED_BEFORE } from "./check-names.ts";

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

const groups = { campaignId: "c", groups: [{ id: "1", name: "Company", numbers: 5 }], suppressed: 7, theirs: 0, shorter: null };
const nobody = async () => null;
const of = async (onCompanyList: number, missing?: number, more: object = {}) =>
  resumeVerdict({ pairAgainst: nobody, doNotCall: async () => (missing === undefined ? null : { ...groups, missing }) }, {
    ...gate(onCompanyList),
    ...more,
  } as never);
const told = (verdict: ResumeVerdict) => gateChecks(verdict).filter(({ check }) => /company's list|groups/.test(check));

test("where the tenant has groups, somebody on the company's list is a refusal unless the groups hold all of it", async () => {
  expect(await of(2, 1)).toMatchObject({ allowed: false, refusals: [{ code: "company_list_not_held" }] });
  expect(told(await of(2, 1))).toMatchObject([
    { verdict: "not_ok", forbids: true, text: expect.stringMatching(/^2 of 100 contacts read .*dnc push/) },
  ]);
  expect(await of(2, 0)).toMatchObject({ allowed: true, refusals: [] });
  expect(told(await of(2, 0))).toMatchObject([{ verdict: "ok", forbids: false }]);
  // Nobody of those who were read is on it: shown, and no refusal.
  expect(await of(0, 1)).toMatchObject({ allowed: true });
  expect(told(await of(0, 1))).toMatchObject([{ verdict: "not_ok", forbids: false }]);
});

test("whoever is further down the list than a start reads may be on the company's list: the groups must hold it", async () => {
  const long = { whole: false, announced: 5000, read: 1000 };
  expect(await of(0, 0, long)).toMatchObject({ allowed: true });
  expect(await of(0, 1, long)).toMatchObject({
    refusals: [{ text: expect.stringMatching(/^a start reads the first 1000 of 5000 contacts; .*dnc push --campaign c$/) }],
  });
  // A look reads less than a start, which would read all of these.
  expect(await of(0, 1, { ...long, read: 200 })).toMatchObject({ allowed: true });
});

test("with a group for what is missing, a look says that a start adds it; a start that cannot is refused, and nothing is added for one that is", async () => {
  const starts: unknown[] = [];
  const start = { what: "resume", by: "ann" };
  const asked = async (start_: typeof start | undefined, found: object, against: object = {}) => {
    const doNotCall = async (_: string, __: unknown, of_?: unknown) => {
      starts.push(of_);
      return { ...found, group: "1" } as never;
    };
    return resumeVerdict({ doNotCall }, { ...gate(2), ...against } as never, start_ === undefined ? {} : { start: start_ });
  };
  const look = await asked(undefined, { ...groups, missing: 1 });
  expect(look.allowed).toBe(true);
  expect(told(look)).toMatchObject([
    { verdict: "not_ok", forbids: false, text: expect.stringContaining("a start adds them to 1 first") },
  ]);
  expect(await asked(start, { ...groups, missing: 0 })).toMatchObject({ allowed: true });
  expect(await asked(start, { problem: "no right to write" })).toMatchObject({
    refusals: [{ code: "company_list_not_held", text: expect.stringContaining("no right to write") }],
  });
  expect(starts).toEqual([undefined, start, start]);
  const refusals = [{ code: "nobody_callable", text: "nobody" }];
  expect(await asked(start, { ...groups, missing: 1 }, { refusals })).toMatchObject({ allowed: false, refusals });
  expect(starts.at(-1)).toBeUndefined();
});

test("groups that could not be compared hold nobody back", async () => {
  const verdict = await resumeVerdict({ pairAgainst: nobody, doNotCall: async () => ({ problem: "late" }) }, gate(1) as never);
  expect(verdict).toMatchObject({ allowed: false, refusals: [{ text: expect.stringContaining("late") }] });
});

test("where it has none, who is on the list of contacts is called: that is said, and forbids nothing", async () => {
  const verdict = await of(2);
  expect(verdict.allowed).toBe(true);
  expect(told(verdict)).toMatchObject([
    { verdict: "not_ok", forbids: false, text: expect.stringMatching(/^2 of 100 .*calls whoever is on its list/) },
  ]);
  expect(told(await of(0))).toEqual([]);
});

test("before a hand-over it is said what is known of contacts on both lists: why the pair is halted, or that it is not known", () => {
  const policy = { threshold: 0.05, overlap: "refuse" } as PairReport["policy"];
  const told = (state: PairReport["state"], over: Partial<PairReport["policy"]> = {}) =>
    pairChecks({ primary: "p", backup: "b", state, policy: { ...policy, ...over } } as PairReport, "primary").find(
      ({ check }) => check === CALLED_BEFORE,
    )?.text;
  const stateOf = (phase: string) => {
    const found = PAIR_CASES.find(({ state }) => state.phase === phase);
    if (found === undefined) throw new Error(`no case of ${phase}`);
    return { waiting: null, handover: null, securing: null, standing: {}, ...found.state } as unknown as PairReport["state"];
  };
  expect(told(stateOf("watching"))).toMatch(/^which contacts on the list of b have been called by p is not known/);
  expect(told(stateOf("halted"))).toContain(`the pair is halted (${HALT})`);
  expect(told(stateOf("watching"), { overlap: "accept" })).toBeUndefined();
});
