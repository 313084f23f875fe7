// Rule packs as signed files: signed by one store, fetched over HTTP by another place, checked before anything is written; and what is long unread.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { signPack } from "../../../src/operations/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let publisher: TestStore;
let folder: Awaited<ReturnType<typeof workFolder>>;
let server: Server;
let served = "";
let url = "";
beforeEach(async () => {
  publisher = await openTestStore();
  folder = await workFolder();
  await writeFile(join(folder.path, "publisher.pub"), await readFile(join(publisher.dir, "audit.pub"), "utf8"));
  server = createServer((request, response) => {
    response.statusCode = request.url === "/pack.note" ? 200 : 404;
    response.end(served);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterEach(async () => {
  await new Promise((closed) => server.close(closed));
  await folder[Symbol.asyncDispose]();
  await publisher.dispose();
});

const run = (...args: string[]) => runCli(["compliance", ...args], { cwd: folder.path });
const sign = (document: object, by: TestStore = publisher) => signPack(document, (text) => by.store.audit.sign(text));
const overlay = {
  format: "outdial-rule-pack/1",
  id: "acme",
  title: "Acme",
  version: "4",
  base: "us-ca-uk-2026",
  jurisdictions: [],
  rules: [
    {
      kind: "attempt-cap",
      id: "acme-cap",
      jurisdiction: "US",
      binds: ["telemarketing"],
      max: 1,
      period: { hours: 24 },
      scope: "all",
      violation: "CAP_ACME",
      citation: "house rule 1",
      confidence: "policy",
    },
  ],
  calendars: {},
  emergencies: [],
  geography: "builtin",
};
const fetched = ["--key", "publisher.pub", "--out", "new.json"];

test("a signed pack is fetched, checked, told in sentences, replayed over the recorded decisions of the last month, written, and then usable", async () => {
  served = sign(overlay);
  const attempts = [{ at: "2026-06-16T14:00:00Z" }];
  const asked = (at: string) => JSON.stringify({ number: "+12125550123", callType: "telemarketing", at, attempts });
  await writeFile(join(folder.path, "asked.ndjson"), `${asked("2026-04-01T15:00:00Z")}\n${asked("2026-06-16T15:00:00Z")}\n`);
  await writeFile(join(folder.path, "month.ndjson"), (await run("check", "asked.ndjson", "--record")).stdout);
  const result = await run(
    "pack",
    "fetch",
    `${url}/pack.note`,
    ...fetched,
    "--replay",
    "month.ndjson",
    "--since",
    "2026-05-20T00:00:00Z",
    "--json",
  );
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({
    pack: "us-ca-uk-2026+acme@2026.11.17+4",
    signature: "fits",
    changes: [
      "United States: new rule acme-cap: at most 1 calls in 24 hours, whatever the subject; binds telemarketing calls (house rule 1, policy).",
    ],
    replay: {
      counts: { decisions: 1, decision: 1, unreadable: 0, older: 1 },
      examples: [{ file: expect.stringContaining("month.ndjson"), change: "decision" }],
    },
    out: expect.stringContaining("new.json"),
  });
  expect(JSON.parse(await readFile(join(folder.path, "new.json"), "utf8"))).toEqual(overlay);
  expect((await run("pack", "validate", "new.json")).code).toBe(0);
  const told = await run("pack", "fetch", `${url}/pack.note`, "--key", "publisher.pub");
  expect(told.stdout).toContain("1 changes against us-ca-uk-2026@2026.11.17");
  expect(told.stdout).toContain("nothing was written");
  expect((await run("pack", "diff", "us-ca-uk-2026", "new.json", "--words")).stdout).toContain(
    "United States: new rule acme-cap",
  );
});

test("what was changed, signed by another, has a fault or is not there is refused, and nothing is written", async () => {
  const other = await openTestStore();
  const faulty = { ...overlay, rules: [{ ...overlay.rules[0], jurisdiction: "US-XY" }] };
  const refused: [text: string, why: RegExp][] = [
    [sign(overlay).replace('"max": 1', '"max": 9'), /signature does not fit/],
    [sign(overlay, other), /signature does not fit/],
    [`${sign(overlay)}a line that nobody signed\n`, /signature does not fit/],
    [JSON.stringify(overlay), /no signature/],
    [sign(faulty), /US-XY/],
  ];
  await other.dispose();
  for (const [text, why] of refused) {
    served = text;
    const result = await run("pack", "fetch", `${url}/pack.note`, ...fetched);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(why) });
  }
  expect(await run("pack", "fetch", `${url}/gone`, ...fetched)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("answered 404"),
  });
  expect(await readdir(folder.path)).not.toContain("new.json");
});

test("a store signs a pack's file by its audit key", async () => {
  await writeFile(join(folder.path, "acme.json"), JSON.stringify(overlay));
  const signed = await runCli(
    ["compliance", "pack", "sign", "acme.json", "--out", "acme.note", "--database-url", publisher.url],
    {
      cwd: folder.path,
      env: { OUTDIAL_DIR: publisher.dir },
    },
  );
  expect(signed).toMatchObject({ code: 0, stdout: expect.stringContaining("acme.note is signed") });
  expect((await run("pack", "fetch", "acme.note", ...fetched)).code).toBe(0);
});

test("rules that were read too long ago are listed by a clock that is given", async () => {
  const soon = await run("pack", "stale", "--at", "2026-12-01T00:00:00Z");
  expect(soon).toMatchObject({ code: 0, stdout: expect.not.stringContaining("us-md-consent") });
  expect(soon.stdout).toMatch(/^of \d\d rules the law itself was not read \(--texts\)$/m);
  const texts = await run("pack", "stale", "--texts", "--at", "2026-12-01T00:00:00Z");
  expect(texts.code).toBe(3);
  expect(texts.stdout).toMatch(/^US-NJ {2}us-nj-consent {2}text not read; summary of 2026-11-28, 3 days ago · N\.J\.S\.A\./m);
  expect(texts.stdout).toMatch(/^US-MI {2}us-mi-hours {2}text not read; quotation of 2026-11-28, 3 days ago · MCL 750/m);
  expect(texts.stdout).not.toMatch(/us-registry-age|us-hours|us-collection/);
  const later = await run("pack", "stale", "--at", "2027-05-22T00:00:00Z", "--json");
  expect(later.code).toBe(3);
  const { rules } = JSON.parse(later.stdout) as { rules: { id: string; lookedUp: string }[] };
  expect(rules.map(({ id }) => id)).toContain("us-md-consent");
  expect(rules.every(({ lookedUp }) => lookedUp < "2026-11-23")).toBe(true);
  expect(rules.length).toBeLessThan(usCaUk2026().rules.length);
  const all = await run("pack", "stale", "--at", "2039-12-01T00:00:00Z", "--days", "365");
  expect(all.stdout).toMatch(/^US-MD {2}us-md-consent {2}text read 2026-11-22, 4,757 days ago · Md\. Code/m);
  expect(all.stdout).toMatch(/calendar US-UT ends on 2039-12-2[0-9], in 2[0-9] days/);
});
