// Addresses of the API: an id of the tenant may be any word, and clients that know the former paths go on working.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type StartedService, startService } from "../../support/service.ts";

/** Words that are steps of paths. */
const WORDS = ["status", "applies", "stops", "export", "pause", "id"];
const JSON_BODY = { "content-type": "application/json" };
let at: StartedService;
beforeAll(async () => {
  const campaigns = WORDS.map((id) => ({ id, name: `Campaign ${id}`, contactListId: "people", status: "paused" as const }));
  at = await startService({ sandbox: { scenario: { campaigns, contactLists: [{ id: "people", contacts: [] }] } } });
});
afterAll(() => at[Symbol.asyncDispose]());

const document = z.object({
  info: z.object({ version: z.string(), license: z.object({ name: z.string(), url: z.url() }) }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});
const published = async () =>
  document.parse(JSON.parse(await readFile(new URL("../../../docs/openapi.json", import.meta.url), "utf8")));
const packaged = async () =>
  z
    .object({ version: z.string(), license: z.string() })
    .parse(JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8")));

/** Whether some address is of both patterns. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [one.split("/"), other.split("/")];
  return a.length === b.length && a.every((part, i) => part === b[i] || part.startsWith("{") || b[i]?.startsWith("{"));
}

test("no address is of two documented paths", async () => {
  const paths = Object.keys((await published()).paths);
  expect(paths.length).toBeGreaterThan(100);
  expect(overlap("/a/{id}", "/a/list")).toBe(true);
  const both = paths.flatMap((one, i) => paths.slice(i + 1).flatMap((other) => (overlap(one, other) ? [[one, other]] : [])));
  expect(both).toEqual([]);
});

test("the published and the served document name the package's version and licence", async () => {
  const { version, license } = await packaged();
  const served = document.parse(await (await at.ask("/api/v1/openapi.json")).json());
  for (const { info } of [await published(), served]) expect(info).toMatchObject({ version, license: { name: license } });
});

test.each(WORDS)("a campaign may have the id %s", async (id) => {
  const answer = await at.ask(`/api/v1/campaigns/id/${id}`);
  expect(await answer.json()).toMatchObject({ id, name: `Campaign ${id}` });
  const preview = await at.ask(`/api/v1/campaigns/id/${id}/resume/preview`, { method: "POST", body: "{}", headers: JSON_BODY });
  expect(await preview.json()).toMatchObject({ campaignId: id });
});

test("the former paths answer as the present ones, where no word stands before them", async () => {
  const former = Object.entries((await published()).paths).filter(([path]) => /\/(?:id|kind)\/\{/.test(path));
  expect(former.length).toBeGreaterThan(20);
  for (const [path, methods] of former)
    for (const method of Object.keys(methods)) {
      const ask = async (pattern: string) => {
        const filled = pattern.replace("{kind}", "consent").replaceAll(/\{\w+\}/g, "none");
        const sent = method === "get" || method === "delete" ? {} : { body: "{}", headers: JSON_BODY };
        const answer = await at.ask(filled, { method: method.toUpperCase(), ...sent });
        // Answers of failures are JSON; those of streams and deletions need not be.
        const said = answer.ok ? {} : z.object({ code: z.string(), detail: z.string() }).parse(await answer.json());
        return { path, method, status: answer.status, ...said };
      };
      const present = await ask(path);
      expect(present).not.toMatchObject({ detail: expect.stringMatching(/^there is no (?:GET|POST|PUT|DELETE) /) });
      expect(await ask(path.replace(/\/(?:id|kind)\/\{/, "/{"))).toEqual(present);
    }
});
