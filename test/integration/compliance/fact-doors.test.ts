// A line of facts is read alike at every door: check and explain on the command line, in the library and the API (the route passes its body on); a gate, which
// takes its facts from the store, refuses it. What a door drops, an officer is told ALLOW of what another door denies.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ATTEMPT_KINDS,
  CALL_TYPES,
  CONSENT_LEVELS,
  LINE_TYPES,
  QUESTION_MEMBERS,
  RELATIONSHIP_KINDS,
  usCaUk2026,
} from "../../../src/compliance/index.ts";
import { createRandom } from "../../../src/kernel/index.ts";
import { ComplianceUseCases, compileRulePack, readContacts } from "../../../src/operations/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { collect } from "../../support/collect.ts";
import { scaled } from "../../support/scale.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

const shipped = { pack: usCaUk2026(), compiled: compileRulePack(usCaUk2026()) };
let cases: ComplianceUseCases;
let world: TestStore;
let service: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  folder = await workFolder();
  world = await openTestStore();
  service = await startService();
  const { store, clock } = world;
  cases = new ComplianceUseCases(
    { store, clock, random: createRandom(1, "doors") },
    {
      settings: () => ({ targets: [], countEarlyHangups: false, timeZone: "UTC" }),
      comparesClock: false,
      rules: async () => shipped,
    },
  );
});
afterAll(async () => {
  await world.dispose();
  await service[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

type Line = Record<string, unknown> & { number: string; callType: string; at: string };
interface Told {
  readonly decision: string;
  readonly rules: readonly string[];
  readonly next: string | null;
  readonly weighed: readonly (string | { readonly text: string })[] | null;
}

/** Doors write instants with and without milliseconds. */
const told = ({ decision, rules, next, weighed }: Told) => ({
  decision,
  rules,
  next: next === null ? null : Date.parse(next),
  weighed: weighed?.map((one) => (typeof one === "string" ? one : one.text)) ?? null,
});
type Answer = ReturnType<typeof told>;

const explained = async (line: Line, keep: readonly string[] = ["number"]) => {
  const { number, callType, at: _, ...facts } = line;
  const rest = keep.includes("whole") ? line : facts;
  const asked = keep.includes("whole") ? { number } : { number, callType, at: Date.parse(line.at) };
  return told(await cases.explain({ ...asked, facts: rest }, { reveal: true }));
};
const checked = async (line: Line) => {
  const [answer] = await cases.check([line], undefined);
  if (answer === undefined || "error" in answer) throw new Error(JSON.stringify(answer));
  return told(answer);
};
async function onCommandLine(line: Line): Promise<{ check: Answer; explain: Answer }> {
  const file = join(folder.path, "line.json");
  await writeFile(file, JSON.stringify(line));
  const run = async (args: string[]) => {
    const { code, stdout, stderr } = await runCli(["compliance", ...args], { cwd: folder.path });
    if (code !== 0) throw new Error(stderr + stdout);
    return told(JSON.parse(stdout) as Told);
  };
  return {
    check: await run(["check", file]),
    explain: await run(["explain", line.number, "--facts", file, "--json"]),
  };
}

async function overHttp(line: Line): Promise<{ check: Answer; explain: Answer }> {
  const ask = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const response = await service.ask(`/api/v1/compliance/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return (await response.json()) as { answers: [Told]; decision: Told };
  };
  const { number, callType, at, ...facts } = line;
  const { answers } = await ask("check", { questions: [line] });
  return { check: told(answers[0]), explain: told((await ask("explain", { number, callType, at, facts })) as unknown as Told) };
}

const REGULATION_F: Line = {
  number: "+12125550131",
  callType: "collection",
  at: "2026-06-16T15:00:00Z",
  subject: "debt 7",
  attempts: [{ at: "2026-06-12T15:00:00Z", kind: "conversation", subject: "debt 7" }],
};
const HONOLULU: Line = { number: "+12125550131", callType: "telemarketing", at: "2026-06-16T13:00:00Z", postal: "96813" };

test("a day that no calendar has is named as such", async () => {
  const line = { number: "+12125550131", callType: "telemarketing", at: "2026-02-30T10:00:00Z", scrubbedOn: "2026-06-31" };
  const message =
    'at: "2026-02-30T10:00:00Z" is of a day that does not exist; scrubbedOn: "2026-06-31" is of a day that does not exist';
  expect(await cases.check([line], undefined)).toEqual([{ error: { code: "invalid_input", message } }]);
  const response = await service.ask("/api/v1/compliance/check", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ at: "2026-02-30T10:00:00Z", questions: [line] }),
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("is of a day that does not exist");
});

test.each([
  ["a debt that was spoken of", REGULATION_F, ["REGF_CONVERSATION"]],
  ["three in the morning in Honolulu", HONOLULU, ["HOURS_FEDERAL"]],
])("%s is denied at every door", async (_name, line, rules) => {
  const wanted = await checked(line);
  expect(wanted.decision).toBe("deny");
  expect(wanted.rules).toEqual(expect.arrayContaining(rules));
  expect(await explained(line)).toEqual(wanted);
  expect(await explained(line, ["whole"])).toEqual(wanted);
  expect(await onCommandLine(line)).toEqual({ check: wanted, explain: wanted });
  expect(await overHttp(line)).toEqual({ check: wanted, explain: wanted });
});

const instant = fc
  .date({ min: new Date("2026-05-01T00:00:00Z"), max: new Date("2026-09-01T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
const date = instant.map((text) => text.slice(0, 10));
const subject = fc.constantFrom("A", "debt 7", "debt 8");
const attempts = fc.array(
  fc.record({ at: instant, kind: fc.constantFrom(...ATTEMPT_KINDS), subject }, { requiredKeys: ["at"] }),
  { maxLength: 5 },
);
const members = {
  number: fc.constantFrom("+12125550131", "+15045550131", "+14155550131", "+18505550117", "+442079460018"),
  callType: fc.constantFrom(...CALL_TYPES),
  at: instant,
  postal: fc.constantFrom("10001", "96813", "86515", "99999"),
  subject,
  attempts,
  tenantAttempts: attempts,
  consent: fc.record(
    { level: fc.constantFrom(...CONSENT_LEVELS), at: instant, revokedAt: instant },
    { requiredKeys: ["level", "at"] },
  ),
  ebr: fc.record({ kind: fc.constantFrom(...RELATIONSHIP_KINDS), date }),
  dnc: fc.record(
    { national: fc.boolean(), internalAt: instant, internalLoadedAt: instant, lists: fc.constant(["US-LA"]) },
    { requiredKeys: [] },
  ),
  optOutsCount: fc.constant("always"),
  scrubbedOn: date,
  registryFiles: fc.record({ US: date, "US-LA": fc.constant(null) }, { requiredKeys: [] }),
  lineType: fc.constantFrom(...LINE_TYPES),
  rndQueriedOn: date,
  rndDisconnectedOn: date,
  guaranteedAgent: fc.boolean(),
  campaignCalls: fc.record({ date, placed: fc.nat(5) }),
};
const line: fc.Arbitrary<Line> = fc.record(members, { requiredKeys: ["number", "callType", "at"] });
const fullLine: fc.Arbitrary<Line> = fc.record(members);

test("check and explain decide alike on any line, whole or split into arguments and facts", async () => {
  const names = new Set<string>();
  await fc.assert(
    fc.asyncProperty(line, async (one) => {
      for (const name of Object.keys(one)) names.add(name);
      const wanted = await checked(one);
      expect(await explained(one)).toEqual(wanted);
      expect(await explained(one, ["whole"])).toEqual(wanted);
    }),
    { numRuns: scaled(2000, 150), seed: Number(process.env["TEST_SEED"]) },
  );
  // The property knows every member that is documented.
  expect([...names].sort()).toEqual([...QUESTION_MEMBERS].sort());
});

test("the command line reads a line with every fact as the library does", async () => {
  const [full] = fc.sample(fullLine, { numRuns: 1, seed: Number(process.env["TEST_SEED"]) });
  if (full === undefined) throw new Error("there is no line");
  expect(Object.keys(full).sort()).toEqual([...QUESTION_MEMBERS].sort());
  const wanted = await checked(full);
  expect(await onCommandLine(full), JSON.stringify(full)).toEqual({ check: wanted, explain: wanted });
});

test("the API reads each fact as check does", async () => {
  const seed = Number(process.env["TEST_SEED"]);
  for (const one of [...fc.sample(line, { numRuns: scaled(60, 12), seed }), ...fc.sample(fullLine, { numRuns: 2, seed })]) {
    const wanted = await checked(one);
    expect(await overHttp(one), JSON.stringify(one)).toEqual({ check: wanted, explain: wanted });
  }
});

/** Every date and instant that a text names, but for those of the citations. */
const moments = (text: string) =>
  text.replace(/\([^()]*(?:\([^()]*\)[^()]*)*\)$/, "").match(/\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?/g) ?? [];
/** How an instant may be written: in UTC, and by the clocks of the zones. */
function writings(at: number, zones: readonly string[]): string[] {
  const clock = (timeZone: string) => new Date(at).toLocaleString("sv-SE", { timeZone });
  const texts = ["UTC", ...zones].map(clock);
  return texts.flatMap((text) => [text, text.slice(0, 16), text.slice(0, 10)]);
}
function strangersIn(
  one: { reasons: readonly string[]; weighed?: readonly string[] | null; zones: readonly string[] },
  facts: object,
): string[] {
  const named = JSON.stringify(facts).match(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g) ?? [];
  const known = new Set(named.flatMap((text) => (text.length > 10 ? writings(Date.parse(text), one.zones) : [text])));
  return [...one.reasons, ...(one.weighed ?? [])].flatMap(moments).filter((moment) => !known.has(moment));
}

test("no reason, and nothing that was weighed, names an instant that stands in no fact: on given facts", async () => {
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(line, async (one) => {
      const [answer] = await cases.check([one], undefined);
      expect(strangersIn(answer as never, one)).toEqual([]);
      if (answer !== undefined && "decision" in answer) {
        expect(answer.weighed === null).toBe(answer.decision === "deny");
        if (answer.decision === "allow") allowed++;
      }
    }),
    {
      numRuns: scaled(2000, 200),
      seed: Number(process.env["TEST_SEED"]),
      examples: [
        [{ number: "+12125550123", callType: "telemarketing", at: "2026-06-16T17:00:00Z", registryFiles: { US: "2026-06-10" } }],
      ],
    },
  );
  expect(allowed).toBeGreaterThan(0);
});

test("no reason names an instant that stands in no fact: on the store's, which count for every moment", async () => {
  const by = { actor: "officer" };
  const told: string[] = [];
  const sampled = fc.record({
    saidAt: fc.option(instant),
    revokedAt: fc.option(instant),
    at: instant,
    consentAt: fc.option(instant),
  });
  let number = 12125550200;
  for (const one of fc.sample(sampled, { numRuns: scaled(200, 40), seed: Number(process.env["TEST_SEED"]) })) {
    number++;
    world.clock.advance(60_000);
    const { facts } = world.store;
    const recordedAt = new Date(world.clock.now()).toISOString();
    const [saidAt, revokedAt] = [one.saidAt, one.revokedAt].map((text) => (text === null ? null : Date.parse(text)));
    await facts.suppress([{ number, saidAt: saidAt ?? null, origin: "list", code: "", reference: "" }], by);
    if (typeof revokedAt === "number")
      await facts.addRevocations([{ number, revokedAt, channel: "sms", reference: "m" }], { ...by });
    if (one.consentAt !== null)
      await facts.addConsents([
        { number, level: "written", givenAt: Date.parse(one.consentAt), basis: "form", wording: "w", source: "s", evidence: "e" },
      ]);
    const answer = await cases.explain(
      { number: `+${number}`, callType: "telemarketing", at: Date.parse(one.at) },
      { reveal: true },
    );
    const reasons = answer.reasons.map(({ text }) => text);
    expect(answer.rules).toContain("DNC_INTERNAL");
    const again = one.consentAt !== null && one.consentAt > (one.revokedAt ?? "") && one.consentAt <= one.at;
    if (revokedAt !== null && !again) expect(answer.rules).toContain("CONSENT_REVOKED");
    expect(strangersIn({ reasons, zones: answer.zones }, { ...one, recordedAt }), reasons.join()).toEqual([]);
    told.push(...reasons);
  }
  expect(told).toContainEqual(
    expect.stringMatching(/on our own do-not-call list \(loaded 2026-03-02; it counts for every moment\)/),
  );
  expect(told).toContainEqual(expect.stringMatching(/since 2026-0\d-\d\d [\d:]+ UTC; here it counts for every moment/));
});

test("a file that is dated after the call is not called missing, nor minus so many days old", async () => {
  const asked = { number: "+12125550131", callType: "telemarketing", at: "2026-06-16T15:00:00Z" };
  // A day more is the difference between zones.
  for (const date of ["2026-06-18", "2026-07-15"]) {
    const [answer] = await cases.check([{ ...asked, registryFiles: { US: date } }], undefined);
    const words = `^the file of the registry of US is of ${date}, after the local date of the call; 31 are allowed`;
    expect(answer).toMatchObject({ rules: ["DNC_STALE"], reasons: [expect.stringMatching(new RegExp(words))] });
  }
});

test("facts that speak of another call are refused, with both that they say", async () => {
  const other = (facts: object) =>
    cases.explain(
      { number: "+12125550131", callType: "telemarketing", at: Date.parse(HONOLULU.at), postal: "10001", facts },
      { reveal: true },
    );
  await expect(other({ number: "+12125550132" })).rejects.toThrow(
    /number: the facts say "\+12125550132" and the question "\+12125550131"/,
  );
  await expect(other({ callType: "collection" })).rejects.toThrow(/callType: the facts say "collection"/);
  await expect(other({ at: "2026-06-16T15:00:00Z" })).rejects.toThrow(
    /at: the facts say "2026-06-16T15:00:00Z" and the question "2026-06-16T13:00:00Z"/,
  );
  await expect(other({ postal: "96813" })).rejects.toThrow(/postal: the facts say "96813" and the question "10001"/);
  await expect(other({ pstal: "10001" })).rejects.toMatchObject({ code: "invalid_facts" });
  // The same in other writing is no contradiction.
  expect(await other({ number: "(212) 555-0131", postal: "10001-1234", at: "2026-06-16T09:00:00-04:00" })).toMatchObject({
    facts: "given",
  });
});

test("a gate refuses a line with facts that it would not use, and lets nobody of it be called", async () => {
  const members = QUESTION_MEMBERS.filter((name) => !["number", "postal", "guaranteedAgent"].includes(name));
  const lines = members.map((name) => JSON.stringify({ number: "+12125550131", [name]: name === "subject" ? "A" : {} }));
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  const source = {
    name: "list.ndjson",
    async *bytes() {
      yield bytes;
    },
  };
  const read = await collect(readContacts(source));
  expect(read).toEqual(
    members.map((name, index) => ({
      line: index + 1,
      field: name,
      reason: expect.stringMatching(/takes the facts from the store/),
    })),
  );
});
