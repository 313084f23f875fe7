// kill -9 while the vendor's events pour in: whatever was answered 202 is in the queue, once.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startBundled } from "../support/program.ts";
import { scaled } from "../support/scale.ts";
import { openTestStore } from "../support/store.ts";

const ROUNDS = scaled(10, 2);
const PARALLEL = 16;
const SECRET = "the-secret-of-the-vendor";

test(`killed ${ROUNDS} times in the middle of it, no event that was answered 202 is lost`, async () => {
  const opened = await openTestStore();
  const accepted = new Set<string>();
  let serial = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const { child } = startBundled("inbound-child", [opened.url, opened.dir, SECRET], { cwd: opened.dir });
    if (child.stdout === null) throw new Error("the process has no output");
    const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const ended = once(child, "exit");
    const wanted = accepted.size + 20 * round;
    const send = async () => {
      for (;;) {
        const id = `evt_${++serial}`;
        const event = { id, type: "omnichannel.campaign.metrics.update", occurredAt: new Date().toISOString(), data: {} };
        const response = await fetch(`http://127.0.0.1:${port}/webhooks/vendor/omnichannel`, {
          method: "POST",
          headers: { "x-outdial-secret": SECRET },
          body: JSON.stringify(event),
        }).catch(() => undefined);
        if (response === undefined) return;
        if (response.status === 202) accepted.add(id);
        await response.body?.cancel().catch(() => undefined);
        if (accepted.size >= wanted) child.kill("SIGKILL");
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, send));
    await ended;
  }
  const kept = (await opened.store.inbound.list({ limit: 100_000 })).map(({ eventId }) => eventId);
  const found = new Set(kept);
  expect(found.size).toBe(kept.length);
  expect([...accepted].filter((id) => !found.has(id))).toEqual([]);
  expect(accepted.size).toBeGreaterThanOrEqual(10 * ROUNDS * (ROUNDS + 1));
  await opened.dispose();
});
