// The thread that opens pages: what it makes of good and bad bodies.

import { afterEach, beforeEach, expect, test } from "vitest";
import { PageThread } from "./page-thread.ts";

const NOW = Date.parse("2026-03-02T12:00:00Z");
const ORDER = { from: 0, to: NOW, observedAt: NOW, runId: "job_1", place: { folder: "nowhere", unique: "u" } };
let thread: PageThread;
beforeEach(() => {
  thread = new PageThread({ campaignId: "camp_1", optOutCodes: ["D9"] });
});
afterEach(() => thread.close());

const open = (body: string) => thread.open(new TextEncoder().encode(body), NOW);
const page = (calls: unknown, more = {}) => open(JSON.stringify({ calls, ...more }));

test("a page is known by everything but its rows", async () => {
  const opened = await page([{ id: "a", dispositionCode: "D9" }, { id: "b" }, null], { nextPageToken: "t", total: 3 });
  expect(opened?.json).toEqual({ calls: [], nextPageToken: "t", total: 3 });
  expect(opened?.items).toBe(3);
  expect(opened?.kept.optOuts).toMatchObject([{ callId: "a", code: "D9", campaign: "camp_1", at: NOW }]);
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
  await expect(opened?.kept.land(ORDER)).rejects.toMatchObject({ code: "invalid_reply" });
  const depth = 100_000;
  await expect(open(`{"calls":[${"[".repeat(depth)}${"]".repeat(depth)}]}`)).rejects.toMatchObject({ code: "invalid_reply" });
});
