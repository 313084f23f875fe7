// The gate on a real store: every contact gets its verdict in order, what is missing denies, and the manifest proves what was decided.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compilePack, createBuiltinGeography, replay, usCaUk2026 } from "../../../src/compliance/index.ts";
import {
  attemptsFile,
  ComplianceUseCases,
  consentFile,
  createGate,
  disconnectionsFile,
  type GateContact,
  type GateRequest,
  type GateVerdict,
  importFacts,
  internalListFile,
  linesFile,
  loadRegistry,
  readContacts,
  relationshipsFile,
  verifyManifest,
} from "../../../src/operations/index.ts";
import { type Store, StoreError } from "../../../src/store/index.ts";
import { ANNA, BEN, contacts, type FactsWorld, file, NOW, openFactsWorld, pack } from "./world.ts";

let world: FactsWorld;
beforeEach(async () => {
  world = await openFactsWorld();
});
afterEach(() => world.dispose());

const rules = pack();
const run = async (more: Partial<GateRequest> & Pick<GateRequest, "contacts">) => {
  const verdicts: GateVerdict[] = [];
  const lines: string[] = [];
  const result = await world.gate(
    { campaign: "camp_1", callType: "telemarketing", at: NOW, pack: rules, ...more },
    {
      verdict: (verdict, json) => {
        verdicts.push(verdict);
        lines.push(json);
      },
    },
  );
  return { ...result, verdicts, lines };
};
const scrubbed = (asOf = "2026-03-01") =>
  loadRegistry(file(["+12125550150", "+12125550151"], "us.txt"), { registry: "US", asOf, covers: "all" }, world.deps);

test("dial, later and never in the order of the list, with counts by reason", async () => {
  await scrubbed();
  await importFacts(internalListFile, file(["+12125550160"]), world.deps);
  await importFacts(relationshipsFile, file(["number,kind,date", "+12125550151,transaction,2026-02-01"]), world.deps);
  const called = [1, 2, 3].map((hour) => `+18135550100,2026-03-02T1${hour}:00:00Z,camp_1`);
  await importFacts(attemptsFile, file(["number,at,campaign", ...called]), world.deps);
  const list: GateContact[] = [
    { number: ANNA, id: "a", line: 2 },
    { number: 12125550150, id: "registry" },
    { number: 12125550151, id: "registry, but a customer" },
    { number: 12125550160, id: "our list" },
    { number: 12065550155, id: "07:00 in Seattle" },
    { number: 18135550100, id: "called three times" },
    { number: 18135550101, id: "called by others", placed: [11, 12, 13].map((hour) => Date.UTC(2026, 2, 2, hour)) },
    { number: 18005550199, id: "toll-free" },
    { number: 12125550124, id: "flag", mayCall: false },
  ];
  const { verdicts, counts, manifest } = await run({ contacts: contacts(...list) });
  expect(verdicts.map(({ id, verdict, next, rules }) => [id, verdict, next, rules.join()])).toEqual([
    ["a", "dial", undefined, ""],
    ["registry", "never", undefined, "DNC_NATIONAL"],
    ["registry, but a customer", "dial", undefined, ""],
    ["our list", "never", undefined, "DNC_INTERNAL"],
    ["07:00 in Seattle", "later", "2026-03-02T16:00:00Z", "HOURS_FEDERAL,HOURS_STATE"],
    ["called three times", "later", "2026-03-03T13:00:00Z", "FREQ_24H"],
    ["called by others", "later", "2026-03-03T13:00:00Z", "FREQ_24H"],
    ["toll-free", "never", undefined, "UNRESOLVED_LOCATION"],
    ["flag", "never", undefined, "CONSENT_FLAG"],
  ]);
  expect(verdicts[0]).toEqual({ line: 2, id: "a", number: "+12125550123", verdict: "dial", rules: [] });
  expect(counts).toMatchObject({ contacts: 9, dial: 2, later: 3, never: 4, refused: 0 });
  expect(manifest.byReason).toEqual([
    { reason: "called too often", verdict: "later", contacts: 2, from: "2026-03-03T13:00:00Z", to: "2026-03-03T13:00:00Z" },
    { reason: "do not call", verdict: "never", contacts: 2 },
    { reason: "no consent", verdict: "never", contacts: 1 },
    { reason: "outside calling hours", verdict: "later", contacts: 1, from: "2026-03-02T16:00:00Z", to: "2026-03-02T16:00:00Z" },
    { reason: "unknown location", verdict: "never", contacts: 1 },
  ]);
  expect(manifest.byRule).toEqual({
    CONSENT_FLAG: 1,
    DNC_INTERNAL: 1,
    DNC_NATIONAL: 1,
    FREQ_24H: 2,
    HOURS_FEDERAL: 1,
    HOURS_STATE: 1,
    UNRESOLVED_LOCATION: 1,
  });
});

test("a contact with several numbers is one contact: what forbids one of its numbers forbids the contact, until all may be called", async () => {
  await scrubbed();
  await importFacts(internalListFile, file(["+12125550160"]), world.deps);
  const { verdicts, counts } = await run({
    reasons: true,
    contacts: contacts(
      { number: ANNA, others: [12065550155], id: "07:00 in Seattle" },
      { number: ANNA + 1, others: [12125550160], id: "our list" },
      { number: 12125550161, others: [12125550162], id: "two in New York" },
    ),
  });
  expect(verdicts.map(({ id, verdict, next, rules }) => [id, verdict, next, rules.join()])).toEqual([
    ["07:00 in Seattle", "later", "2026-03-02T16:00:00Z", "HOURS_FEDERAL,HOURS_STATE"],
    ["our list", "never", undefined, "DNC_INTERNAL"],
    ["two in New York", "dial", undefined, ""],
  ]);
  // What may be dialed says what was weighed, of each number.
  const weighed = verdicts[2]?.weighed ?? [];
  const clock = "US: mon-sun 08:00-21:00: it is Mon 2026-03-02 10:00 in America/New_York (47 CFR";
  for (const number of ["+12125550161", "+12125550162"])
    expect(weighed).toContainEqual(expect.stringContaining(`${number}: ${clock}`));
  expect(weighed).toContainEqual(expect.stringMatching(/registry: not on it, file of US of 2026-03-01 \(47 CFR/));
  expect(verdicts.map(({ weighed: told }) => told === undefined)).toEqual([true, true, false]);
  expect(verdicts[1]?.reasons).toEqual([
    expect.stringMatching(/^\+12125550160: the person is on our own do-not-call list \(loaded 2026-03-02;/),
  ]);
  expect(counts).toMatchObject({ contacts: 3, dial: 1, later: 1, never: 1 });
});

test("calls to any number of a person count for the person: those of its contact, of other_numbers, and of earlier rows of the list", async () => {
  await scrubbed();
  const calls = [
    "+18135550100,2026-03-02T11:00:00Z,camp_1",
    "+18135550100,2026-03-02T12:00:00Z,camp_1",
    "+18135550101,2026-03-02T13:00:00Z,camp_1",
    "+18135550130,2026-03-02T11:00:00Z,camp_1",
    "+18135550130,2026-03-02T12:00:00Z,camp_1",
    "+18135550131,2026-03-02T13:00:00Z,camp_1",
    // One call, imported with both numbers of its person.
    '"+18135550110 / +18135550111",2026-03-02T11:00:00Z,camp_1',
    '"+18135550110 / +18135550111",2026-03-02T12:00:00Z,camp_1',
    "+18135550120,2026-03-02T11:00:00Z,camp_1",
    "+18135550120,2026-03-02T12:00:00Z,camp_1",
  ];
  await importFacts(attemptsFile, file(["number,at,campaign", ...calls]), world.deps);
  const list = [
    "number,id,other_numbers",
    "+18135550100,two calls,",
    "+18135550130 / +18135550131,three by the numbers of the cell,",
    "+18135550103,three by other_numbers,+18135550101 / +18135550100",
    "+18135550110,two in both files,+18135550111",
    "+18135550121,the first row,",
    "+18135550122,no call yet,+18135550121",
    "+18135550120,two before,",
    "+18135550123,two before and one to come,+18135550120",
  ];
  const { verdicts } = await run({ contacts: readContacts(file(list)) });
  expect(verdicts.map(({ id, verdict, rules }) => [id, verdict, rules.join()])).toEqual([
    ["two calls", "dial", ""],
    ["three by the numbers of the cell", "later", "FREQ_24H"],
    ["three by other_numbers", "later", "FREQ_24H"],
    ["two in both files", "dial", ""],
    ["the first row", "dial", ""],
    ["no call yet", "dial", ""],
    ["two before", "dial", ""],
    ["two before and one to come", "later", "FREQ_24H"],
  ]);
  const explain = (number: string) =>
    new ComplianceUseCases(
      { ...world.deps, store: world.store },
      {
        settings: () => ({ targets: [], countEarlyHangups: false, timeZone: "UTC" }),
        comparesClock: false,
        rules: async () => ({ pack: rules.pack, compiled: rules }),
      },
    ).explain({ number, callType: "telemarketing", at: NOW }, { reveal: true });
  expect((await explain("+18135550101")).decision).toBe("allow");
  const both = await explain("+18135550101 / +18135550100");
  expect([both.decision, both.rules]).toEqual(["deny", ["FREQ_24H"]]);
});

test("a number that stands on the list again is decided once; the others are counted and name the line that was", async () => {
  await scrubbed();
  const list = ["number,id", `+${ANNA},a`, "+12125550150,b", "(212) 555-0123,again", "nobody,c", "2125550150,b again"];
  const { verdicts, counts, manifest } = await run({ contacts: readContacts(file(list)), reasons: true });
  expect(verdicts.map(({ id, verdict, rules, duplicateOf }) => [id, verdict, rules, duplicateOf])).toEqual([
    ["a", "dial", [], undefined],
    ["b", "never", ["DNC_NATIONAL"], undefined],
    ["again", "never", ["DUPLICATE"], 2],
    ["b again", "never", ["DUPLICATE"], 3],
  ]);
  expect(verdicts[2]?.reasons).toEqual(["Line 2 of the list has the same number."]);
  expect(counts).toMatchObject({ contacts: 5, dial: 1, later: 0, never: 3, refused: 1 });
  expect(manifest.byReason).toContainEqual({ reason: "on the list already", verdict: "never", contacts: 2 });
  // Without lines, places in the list count.
  const placed = await run({ contacts: contacts(12125550150, ANNA, { number: ANNA, mayCall: false }) });
  expect(placed.verdicts[2]).toMatchObject({ rules: ["CONSENT_FLAG", "DUPLICATE"], duplicateOf: 2 });
});

test("every number of a contact is decided once, not only its first", async () => {
  await scrubbed();
  const list = ["212 555 0105 / 212 555 0106", "2125550106", "2125550105", "2125550107 / 2125550106", "2125550107"];
  const lines = list.map((number) => JSON.stringify({ number }));
  const { verdicts } = await run({ contacts: readContacts(file(lines)) });
  expect(verdicts.map(({ verdict, duplicateOf }) => [verdict, duplicateOf])).toEqual([
    ["dial", undefined],
    ["never", 1],
    ["never", 1],
    ["never", 1],
    // What was not dialed as a second number of somebody else is decided by itself.
    ["dial", undefined],
  ]);
});

test("what is recorded is decided again the same, whatever the facts; another pack shows what it would change", async () => {
  await scrubbed();
  await importFacts(internalListFile, file(["number,at", "+12125550160,2026-01-01T08:09:10.123Z"]), world.deps);
  await importFacts(relationshipsFile, file(["number,kind,date", "+12125550151,inquiry,2026-02-01"]), world.deps);
  await importFacts(consentFile, file(["number,level,given_at", `+${ANNA},written,2026-01-02`]), world.deps);
  await world.facts.addRevocations([{ number: BEN, revokedAt: NOW - 5, channel: "sms", reference: "m" }], world.deps);
  await world.facts.addDisconnections([{ number: ANNA, disconnectedOn: "2026-01-02" }]);
  const called = [1, 2, 3].map((hour) => `+18135550100,2026-03-02T1${hour}:00:00.5Z,camp_1,offer`);
  await importFacts(attemptsFile, file(["number,at,campaign,subject", ...called]), world.deps);
  const list = [ANNA, BEN, 12125550150, 12125550151, 12125550160, 18135550100, 18005550199, 12065550155];
  const recorded: string[] = [];
  for (const callType of ["telemarketing", "prerecorded", "collection"] as const) {
    const request = { campaign: "c", callType, subject: "offer", at: NOW, pack: rules, contacts: contacts(...list, ANNA) };
    const { manifest } = await world.gate(request, { record: (json) => void recorded.push(json) });
    const lines = recorded.slice(-list.length).map((line) => `${line}\n`);
    const hash = `sha256:${createHash("sha256").update(lines.join("")).digest("hex")}`;
    const vkey = await readFile(join(world.dir, "audit.pub"), "utf8");
    expect(verifyManifest(JSON.stringify(manifest), vkey, { record: hash })).toMatchObject({ ok: true });
    expect(verifyManifest(JSON.stringify(manifest), vkey, { record: manifest.output.hash })).toMatchObject({ ok: false });
  }
  expect(recorded).toHaveLength(3 * list.length);
  const changes = (other: typeof rules) => recorded.flatMap((line) => replay(JSON.parse(line), other).change ?? []);
  expect(changes(rules)).toEqual([]);
  expect(new Set(recorded.flatMap((line) => (JSON.parse(line) as { rules: string[] }).rules)).size).toBeGreaterThan(7);
  const fewer = {
    ...rules.pack,
    rules: rules.pack.rules.filter(({ kind }) => kind !== "calling-hours" && kind !== "attempt-cap"),
  };
  const without = changes(compilePack(fewer, { timeZoneData: rules.timeZoneData }));
  expect(new Set(without)).toEqual(new Set(["decision", "rules"]));
});

test("without a registry file, or with one too old, nobody who must be checked against it is called", async () => {
  const verdict = async (at = NOW) => (await run({ contacts: contacts(ANNA), at, reasons: true })).verdicts[0];
  expect(await verdict()).toMatchObject({ verdict: "never", rules: ["DNC_STALE"] });
  expect((await verdict())?.reasons?.join(" ")).toMatch(/no registry of US is loaded.*outdial dnc import FILE --list national/);
  expect((await verdict())?.reasons?.join(" ")).not.toContain("days old");
  await scrubbed("2026-01-30");
  expect(await verdict()).toMatchObject({ verdict: "dial" });
  expect(await verdict(NOW + 86_400_000)).toMatchObject({ verdict: "never", rules: ["DNC_STALE"] });
  await scrubbed("2026-03-02");
  expect(await verdict(NOW + 86_400_000)).toMatchObject({ verdict: "dial" });
});

test("a state's own list, what the line is, and when the Reassigned Numbers Database was asked decide under the shipped pack", async () => {
  await scrubbed();
  const shipped = compilePack(usCaUk2026(), { geography: createBuiltinGeography() });
  const [indiana, newJersey, maine] = [13175550131, 12015550131, 12075550131];
  const ruled = async () => {
    const { verdicts, counts } = await run({ contacts: contacts(indiana, newJersey, maine), pack: shipped });
    return { rules: verdicts.map(({ rules }) => rules), reasons: counts.byReason.map(({ reason }) => reason) };
  };
  expect(await ruled()).toEqual({
    rules: [["DNC_STATE_STALE"], ["CONSENT_REQUIRED"], ["REASSIGNED_NOT_ASKED"]],
    reasons: ["registry file missing or too old", "no consent"],
  });
  await loadRegistry(file(["+13175550131"], "in.txt"), { registry: "US-IN", asOf: "2026-01-10", covers: "all" }, world.deps);
  await importFacts(linesFile, file(["number,line_type,date", `+${newJersey},landline,2026-02-01`]), world.deps);
  await importFacts(disconnectionsFile, file(["number,queried_on", `+${maine},2026-03-01`]), world.deps);
  expect(await ruled()).toEqual({ rules: [["DNC_STATE"], [], []], reasons: ["do not call"] });
  await loadRegistry(file(["+13175550199"], "in.txt"), { registry: "US-IN", asOf: "2026-02-10", covers: "all" }, world.deps);
  await importFacts(linesFile, file(["number,line_type,date", `+${newJersey},mobile,2026-02-02`]), world.deps);
  expect((await ruled()).rules).toEqual([[], ["CONSENT_REQUIRED"], []]);
});

test("where consent is needed, none on file denies; revoked and reassigned deny; given again to the new holder allows", async () => {
  await scrubbed();
  const prerecorded = async () => (await run({ contacts: contacts(ANNA), callType: "prerecorded" })).verdicts[0]?.rules;
  expect(await prerecorded()).toEqual(["CONSENT_REQUIRED"]);
  const give = (level: string, at: string) =>
    importFacts(consentFile, file(["number,level,given_at", `+${ANNA},${level},${at}`]), world.deps);
  await give("express", "2026-01-01");
  expect(await prerecorded()).toEqual(["CONSENT_REQUIRED"]);
  await give("written", "2026-01-02");
  expect(await prerecorded()).toEqual([]);
  await world.facts.addDisconnections([{ number: ANNA, disconnectedOn: "2026-02-01" }]);
  expect(await prerecorded()).toEqual(["CONSENT_REASSIGNED"]);
  await give("written", "2026-02-02");
  expect(await prerecorded()).toEqual([]);
  await give("none", "2026-02-03");
  expect(await prerecorded()).toEqual(["CONSENT_REVOKED"]);
});

test("the manifest is signed, kept, audited, and any change to it or to the decisions is found offline", async () => {
  await scrubbed();
  const { manifest, lines } = await run({ contacts: contacts(ANNA, 12125550150) });
  expect(manifest).toMatchObject({
    format: "outdial-gate/1",
    campaign: "camp_1",
    at: "2026-03-02T15:00:00Z",
    actor: "ann",
    pack: { version: rules.packVersion },
    timeZoneData: process.versions["tz"],
    input: { contacts: 2 },
    facts: { registries: [{ registry: "US", asOf: "2026-03-01", numbers: 2 }], unresolvedOptOuts: 0 },
    counts: { dial: 1, later: 0, never: 1, refused: 0 },
  });
  const vkey = await readFile(join(world.dir, "audit.pub"), "utf8");
  const text = JSON.stringify(manifest, undefined, 2);
  const outputHash = `sha256:${createHash("sha256")
    .update(lines.map((line) => `${line}\n`).join(""))
    .digest("hex")}`;
  expect(verifyManifest(text, vkey, { output: outputHash })).toMatchObject({ ok: true });
  const other = outputHash.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  expect(verifyManifest(text, vkey, { output: other })).toMatchObject({ ok: false });
  for (const [from, to] of [
    ['"dial": 1', '"dial": 2'],
    ["camp_1", "camp_2"],
    ["2026-03-01", "2026-03-02"],
  ] as const) {
    expect(verifyManifest(text.replace(from, to), vkey)).toMatchObject({
      ok: false,
      reason: expect.stringContaining("signature"),
    });
  }
  expect(verifyManifest(text.replace('"campaign"', '"campain"'), vkey)).toMatchObject({ ok: false });
  expect(verifyManifest("{", vkey)).toMatchObject({ ok: false });
  world.clock.advance(1000);
  const later = await run({ contacts: contacts(ANNA), campaign: "camp_2" });
  const ids = async (campaign?: string, limit = 10) => (await world.facts.listManifests({ campaign, limit })).map(({ id }) => id);
  expect(await ids()).toEqual([later.manifest.id, manifest.id]);
  expect([await ids("camp_1"), await ids("camp_3"), await ids(undefined, 1)]).toEqual([[manifest.id], [], [later.manifest.id]]);
  const stored = await world.facts.findManifest(manifest.id);
  expect(verifyManifest(stored?.manifest ?? "", vkey)).toMatchObject({ ok: true });
  expect(await world.store.audit.list({ action: "gate.manifest" })).toMatchObject([
    { subject: "camp_1", details: { id: manifest.id, dial: 1, never: 1, input: manifest.input.hash } },
    { subject: "camp_2" },
  ]);
});

test("the same contacts, facts and moment give the same hashes; one contact more gives others", async () => {
  await scrubbed();
  const hashes = async (...numbers: number[]) => {
    const { manifest } = await run({ contacts: contacts(...numbers) });
    return [manifest.input.hash, manifest.output.hash];
  };
  expect(await hashes(ANNA, 12065550155)).toEqual(await hashes(ANNA, 12065550155));
  const [input, output] = await hashes(ANNA);
  const [more, out] = await hashes(ANNA, ANNA);
  expect([more === input, out === output]).toEqual([false, false]);
});

test("a list of more than one batch keeps its order; lines that cannot be read are counted and never called", async () => {
  await scrubbed();
  const lines = ["id,phoneNumber,postalCode"];
  for (let n = 0; n < 5000; n++) lines.push(`k${n},${n % 1000 === 999 ? "oops" : `+1212555${String(n).padStart(4, "0")}`},`);
  const { verdicts, counts } = await run({ contacts: readContacts(file(lines, "list.csv", 4096)) });
  expect(verdicts.map(({ line }) => line)).toEqual(
    Array.from({ length: 5000 }, (_, n) => n)
      .filter((n) => n % 1000 !== 999)
      .map((n) => n + 2),
  );
  expect(counts).toMatchObject({ contacts: 5000, refused: 5 });
});

test("the vendor's contacts are understood as they come, consent flags included", async () => {
  await scrubbed();
  const contact = (call: boolean) =>
    JSON.stringify({ id: "c1", phoneNumber: "+12125550123", postalCode: "10001", consentFlags: { outbound: { call } } });
  const { verdicts } = await run({ contacts: readContacts(file([contact(true), contact(false)], "c.ndjson")) });
  expect(verdicts.map(({ id, rules }) => [id, rules.includes("CONSENT_FLAG")])).toEqual([
    ["c1", false],
    ["c1", true],
  ]);
});

test("on a database that was set back the gate lets nobody be called and signs nothing, whenever that is found", async () => {
  await scrubbed();
  await importFacts(internalListFile, file(["+12125550160"]), world.deps);
  const setBack = new StoreError("audit_set_back", "set back");
  const [holds, audit, fails] = [world.store.holds, world.store.audit, () => Promise.reject(setBack)];
  const gateOn = (given: Partial<Parameters<typeof createGate>[0]["audit"]>, verdicts: GateVerdict[], keep?: false) =>
    createGate({ ...world.deps, holds, audit: { ...ofAudit(audit), ...given } })(
      { campaign: "camp_1", callType: "telemarketing", at: NOW, pack: rules, contacts: contacts(ANNA), keep },
      { verdict: (verdict) => void verdicts.push(verdict) },
    );
  const handedOn: GateVerdict[] = [];
  await expect(gateOn({ requireFits: fails }, handedOn)).rejects.toBe(setBack);
  expect(handedOn).toEqual([]);
  // Found while the list was read.
  const found = () => {
    throw setBack;
  };
  await expect(gateOn({ requireNotHeld: found }, [])).rejects.toBe(setBack);
  expect(await world.facts.listManifests({ limit: 1 })).toEqual([]);
  // A look that permits nothing goes on, for who shows why.
  expect((await gateOn({ requireFits: fails, requireNotHeld: found }, [], false)).counts.dial).toBe(1);
});

const ofAudit = (audit: Store["audit"]) => ({
  requireFits: () => audit.requireFits(),
  requireNotHeld: () => audit.requireNotHeld(),
  sign: (text: string) => audit.sign(text),
});

test("a list that breaks off midway ends the gate without a manifest", async () => {
  async function* broken(): AsyncGenerator<GateContact> {
    for (let n = 0; n < 3000; n++) yield { number: 12125550000 + n };
    throw new Error("connection lost");
  }
  await expect(run({ contacts: broken() })).rejects.toThrow("connection lost");
  expect(await world.store.audit.list({ action: "gate.manifest" })).toEqual([]);
});

test("a list judged as of now needs a clock that is the database's, unless nothing is compared", async () => {
  await scrubbed();
  await importFacts(internalListFile, file(["+12125550160"]), world.deps);
  const { store, clock } = world;
  // The world's clock stands in another year than the database's.
  const gate = (comparesClock: boolean, at?: number) =>
    new ComplianceUseCases(
      { store, clock, random: world.deps.random },
      {
        settings: () => ({ targets: [], countEarlyHangups: false, timeZone: "UTC" }),
        comparesClock,
        rules: async () => ({ pack: rules.pack, compiled: rules }),
      },
    ).gate({ campaign: "camp_1", callType: "telemarketing", at, contacts: contacts(ANNA) }, {}, "ann");
  await expect(gate(true)).rejects.toMatchObject({ code: "clock_off", message: expect.stringContaining("the database's") });
  for (const one of [gate(true, NOW), gate(false)]) expect((await one).manifest.counts).toBeDefined();
});

test("whoever is on our own list by another number of theirs is not called", async () => {
  await scrubbed();
  await importFacts(internalListFile, file(["number,at", "+18135550141,2026-03-02T11:00:00Z"]), world.deps);
  const list = ["number,id,other_numbers", "+18135550140,by other_numbers,+18135550141", "+18135550142,nobody,+18135550143"];
  const { verdicts } = await run({ contacts: readContacts(file(list)) });
  expect(verdicts.map(({ id, verdict }) => [id, verdict])).toEqual([
    ["by other_numbers", "never"],
    ["nobody", "dial"],
  ]);
});

test.each([
  ["do_not_call", "yes"],
  ["opt_out", "Y"],
  ["consent", "no"],
  ["disposition", "DNC"],
  ["may_phone", "no"],
])("a list whose column %s says %s does not have its contact called", async (name, says) => {
  await scrubbed();
  const csv = [`number,id,${name}`, `+18135550140,one,${says}`, "+18135550142,two,"];
  const ndjson = [JSON.stringify({ number: "+18135550140", [name]: says }), JSON.stringify({ number: "+18135550142" })];
  const nested = [
    JSON.stringify({ number: "+18135550140", flags: { [name]: says } }),
    JSON.stringify({ number: "+18135550142" }),
  ];
  for (const lines of [csv, ndjson, nested]) {
    const { verdicts, counts } = await run({ contacts: readContacts(file(lines)) });
    expect([verdicts.map(({ number }) => number), counts.refused]).toEqual([["+18135550142"], 1]);
  }
});

test("the tenant's consent flag is read in any letters", async () => {
  await scrubbed();
  const lines = [
    JSON.stringify({ number: "+18135550140", mayCall: false }),
    JSON.stringify({ number: "+18135550142", mayCall: true }),
  ];
  const { verdicts } = await run({ contacts: readContacts(file(lines)) });
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(["never", "dial"]);
});
