// The gate on a real store: every contact gets its verdict in order, what is missing denies, and the manifest proves what was decided.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  attemptsFile,
  consentFile,
  type GateContact,
  type GateRequest,
  type GateVerdict,
  importFacts,
  internalListFile,
  loadRegistry,
  readContacts,
  relationshipsFile,
  verifyManifest,
} from "../../../src/operations/index.ts";
import { ANNA, contacts, type FactsWorld, file, NOW, openFactsWorld, pack } from "./world.ts";

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
  loadRegistry(file(["+12125550150", "+12125550151"], "us.txt"), { registry: "US", asOf }, world.deps);

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
    { number: 18005550199, id: "toll-free" },
    { number: 12125550123, id: "flag", mayCall: false },
  ];
  const { verdicts, counts, manifest } = await run({ contacts: contacts(...list) });
  expect(verdicts.map(({ id, verdict, next, rules }) => [id, verdict, next, rules.join()])).toEqual([
    ["a", "dial", undefined, ""],
    ["registry", "never", undefined, "DNC_NATIONAL"],
    ["registry, but a customer", "dial", undefined, ""],
    ["our list", "never", undefined, "DNC_INTERNAL"],
    ["07:00 in Seattle", "later", "2026-03-02T16:00:00Z", "HOURS_FEDERAL,HOURS_STATE"],
    ["called three times", "later", "2026-03-03T13:00:00Z", "FREQ_24H"],
    ["toll-free", "never", undefined, "UNRESOLVED_LOCATION"],
    ["flag", "never", undefined, "CONSENT_FLAG"],
  ]);
  expect(verdicts[0]).toEqual({ line: 2, id: "a", number: "+12125550123", verdict: "dial", rules: [] });
  expect(counts).toMatchObject({ contacts: 8, dial: 2, later: 2, never: 4, refused: 0 });
  expect(manifest.byReason).toEqual([
    { reason: "do not call", verdict: "never", contacts: 2 },
    { reason: "called too often", verdict: "later", contacts: 1, from: "2026-03-03T13:00:00Z", to: "2026-03-03T13:00:00Z" },
    { reason: "no consent", verdict: "never", contacts: 1 },
    { reason: "outside calling hours", verdict: "later", contacts: 1, from: "2026-03-02T16:00:00Z", to: "2026-03-02T16:00:00Z" },
    { reason: "unknown location", verdict: "never", contacts: 1 },
  ]);
  expect(manifest.byRule).toEqual({
    CONSENT_FLAG: 1,
    DNC_INTERNAL: 1,
    DNC_NATIONAL: 1,
    FREQ_24H: 1,
    HOURS_FEDERAL: 1,
    HOURS_STATE: 1,
    UNRESOLVED_LOCATION: 1,
  });
});

test("without a registry file, or with one too old, nobody who must be checked against it is called", async () => {
  const verdict = async (at = NOW) => (await run({ contacts: contacts(ANNA), at, reasons: true })).verdicts[0];
  expect(await verdict()).toMatchObject({ verdict: "never", rules: ["DNC_STALE"] });
  expect((await verdict())?.reasons?.join(" ")).toContain("No do-not-call registry file of this country has been loaded.");
  await scrubbed("2026-01-30");
  expect(await verdict()).toMatchObject({ verdict: "dial" });
  expect(await verdict(NOW + 86_400_000)).toMatchObject({ verdict: "never", rules: ["DNC_STALE"] });
  await scrubbed("2026-03-02");
  expect(await verdict(NOW + 86_400_000)).toMatchObject({ verdict: "dial" });
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
  expect(verifyManifest(text, vkey, outputHash)).toMatchObject({ ok: true });
  expect(
    verifyManifest(
      text,
      vkey,
      outputHash.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    ),
  ).toMatchObject({ ok: false });
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
  const stored = await world.facts.findManifest(manifest.id);
  expect(verifyManifest(stored?.manifest ?? "", vkey)).toMatchObject({ ok: true });
  expect(await world.store.audit.list({ action: "gate.manifest" })).toMatchObject([
    { subject: "camp_1", details: { id: manifest.id, dial: 1, never: 1, input: manifest.input.hash } },
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

test("a list that breaks off midway ends the gate without a manifest", async () => {
  async function* broken(): AsyncGenerator<GateContact> {
    for (let n = 0; n < 3000; n++) yield { number: 12125550000 + n };
    throw new Error("connection lost");
  }
  await expect(run({ contacts: broken() })).rejects.toThrow("connection lost");
  expect(await world.store.audit.list({ action: "gate.manifest" })).toEqual([]);
});
