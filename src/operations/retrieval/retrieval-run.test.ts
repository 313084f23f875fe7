// The thread that opens pages: what it makes of good, bad and hostile bodies.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PageThread } from "./retrieval-run.ts";

const NOW = Date.parse("2026-03-02T12:00:00Z");
const CONTEXT = { from: 0, to: NOW, observedAt: NOW, runId: "job_1" };
const PAGE_LIMIT = 1000;
/** The largest body that the client reads. */
const MOST_BYTES = 16 * 1024 ** 2;
let thread: PageThread;
// One for all: pages know nothing of each other, and starting a thread is what takes time.
beforeAll(() => {
  thread = new PageThread({ campaignId: "camp_1", optOutCodes: ["D9"], pageLimit: PAGE_LIMIT });
});
afterAll(() => thread.close());

const open = (body: string) => thread.open(new TextEncoder().encode(body), CONTEXT);
const page = (calls: unknown, more = {}) => open(JSON.stringify({ calls, ...more }));
/** A page of as many copies of a row as a body may hold. */
const full = (row: string, bytes = MOST_BYTES) =>
  `{"calls":[${`${row},`.repeat(Math.floor(bytes / (row.length + 1)) - 20)}${row}]}`;

test("a page is known by everything but its rows", async () => {
  const opened = await page([{ id: "a", dispositionCode: "D9" }, { id: "b" }, null], { nextPageToken: "t", total: 3 });
  expect(opened?.json).toEqual({ calls: [], nextPageToken: "t", total: 3 });
  expect(opened?.items).toBe(3);
  expect(opened?.kept.optOuts).toMatchObject([{ callId: "a", code: "D9", campaign: "camp_1", at: NOW }]);
  opened?.kept.drop();
});

test("pages with the same calls have one mark", async () => {
  const marks = [
    await page([{ id: "a" }, { id: "b" }]),
    await page([{ id: "a", x: 1 }, { id: "b" }], { nextPageToken: "t" }),
    await page([{ id: "b" }, { id: "a" }]),
  ].map((opened) => opened?.mark);
  expect(marks[0]).toBe(marks[1]);
  expect(marks[0]).not.toBe(marks[2]);
});

test("what is no JSON is nothing, and JSON of another form is left to the client's judgement", async () => {
  expect(await open('{"calls":[{"id":"a"}')).toBeUndefined();
  expect(await open("<html></html>")).toBeUndefined();
  expect((await open("[1]"))?.json).toEqual([1]);
  expect(await page("none")).toMatchObject({ json: { calls: "none" }, items: 0 });
  expect(await open("\ufeff{}")).toMatchObject({ json: {}, items: 0 });
});

test("a page that was let go of, or that is nested without end, is the page's own fault", async () => {
  const opened = await page([{ id: "a" }]);
  opened?.kept.drop();
  await expect(opened?.kept.land({ folder: "nowhere", unique: "u" })).rejects.toMatchObject({ code: "invalid_reply" });
  const depth = 100_000;
  await expect(open(`{"calls":[${"[".repeat(depth)}${"]".repeat(depth)}]}`)).rejects.toMatchObject({ code: "invalid_reply" });
});

test("a page may hold more calls than were asked for, but not many more", async () => {
  const calls = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `c${n}` }));
  const rounded = await page(calls(2 * PAGE_LIMIT));
  expect(rounded?.items).toBe(2 * PAGE_LIMIT);
  rounded?.kept.drop();
  await expect(page(calls(2 * PAGE_LIMIT + 1))).rejects.toMatchObject({
    code: "invalid_reply",
    message: "calls of a campaign in a window of time, by pages: a page holds 2001 calls where 1000 were asked for at most",
  });
});

test.each([
  ["empty objects", "{}"],
  ["nested lists", "[[[[[[[[]]]]]]]]"],
  ["members by number", '{"99":1}'],
])("a body of the largest size that would become enormous is refused before it is parsed: %s", async (_what, row) => {
  await expect(open(full(row))).rejects.toMatchObject({
    code: "body_too_large",
    message: expect.stringMatching(
      /^calls of a campaign in a window of time, by pages: a page of 167\d+ bytes may need more than the 256 MB of memory that there are$/,
    ),
  });
});

test("millions of tiny rows, and a page that is large beside its rows, are no page", async () => {
  await expect(open(full("1", 4_000_000))).rejects.toMatchObject({
    message: expect.stringMatching(/holds \d{7} calls where 1000 were asked/),
  });
  await expect(page([], { more: "x".repeat(70_000) })).rejects.toMatchObject({
    code: "invalid_reply",
    message: expect.stringMatching(/holds 700\d\d characters beside its calls/),
  });
});

test("after what was refused the thread goes on", async () => {
  expect((await page([{ id: "a" }]))?.items).toBe(1);
});

test("the thread starts without any package", async () => {
  const listing = `import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import(process.argv[1]).catch(() => undefined);
    process.stdout.write(loaded.join("\\n"));`;
  const worker = new URL("./page-worker.ts", import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", listing, worker]);
  const loaded = stdout.split("\n");
  expect(loaded).toContain(worker);
  expect(loaded.filter((url) => url.includes("node_modules"))).toEqual([]);
});

test("a thread that waits for a page does not keep its process alive", async () => {
  const ports = () => process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker/.test(name)).length;
  const before = ports();
  const idle = new PageThread({ campaignId: "camp_1", optOutCodes: [], pageLimit: PAGE_LIMIT });
  expect(ports()).toBe(before);
  await idle.close();
});
