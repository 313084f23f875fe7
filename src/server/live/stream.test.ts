import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock } from "../../tenant/index.ts";
import { FeedHub } from "./hub.ts";
import { eventStream } from "./stream.ts";

test("a reader that leaves while it waits for the next event is no trouble worth a line in the log", async () => {
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const feed = { after: async () => [], end: async () => ({ tx: "1", id: 0 }), reaches: async () => true };
  const access = { inForce: async (ids: readonly string[]) => new Set(ids) };
  const hub = new FeedHub({ feed, access, clock: systemClock, log });
  const request = new AbortController();
  const who = { tokenId: "tok_1", sessionId: null, role: "viewer" } as const;
  const { body } = await eventStream(
    { lastEventId: undefined, who, signal: request.signal },
    { hub, feed, clock: systemClock, log },
  );
  const reader = body?.getReader();
  await reader?.read();
  const next = reader?.read();
  await setImmediate();
  await reader?.cancel();
  request.abort();
  expect(await next).toEqual({ value: undefined, done: true });
  await setImmediate();
  await hub.close();
  expect([logged, hub.readers]).toEqual([[], 0]);
});
