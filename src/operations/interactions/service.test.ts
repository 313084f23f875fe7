// Writers over the asynchronous driver, scheduled in every order that fast-check finds, against a tenant that loses replies and gives old versions.

import fc from "fast-check";
import { expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { createRandom } from "../../kernel/index.ts";
import { type InteractionDispositions, type Lock, TenantError } from "../../tenant/index.ts";
import { type Entry, isEntry, POLICIES, type Policy, type Version } from "./entry.ts";
import type { Correction } from "./machine.ts";
import { type CorrectDependencies, correctDisposition } from "./service.ts";

type Tenant = Pick<InteractionDispositions, "read" | "replace">;

const STYLE = { tagIn: "etag-header", required: true, staleStatus: 409 } as const;
const REPORT = { attempts: [{ status: 200, latencyMs: 1 }], rateLimited: 0, waitedMs: 0, latencyMs: 1, earlierUnknown: false };
const entry = (agent: string): Entry => ({
  code: "101",
  description: "",
  agent_id: agent,
  timestamp: "2026-05-01T10:00:00Z",
  source: "api",
});

type Fault = "none" | "stale" | "lost" | "not arrived" | "unavailable";

/** A tenant with one interaction. @param faults what its next answers meet, in the order of the requests */
function createModel(faults: readonly Fault[]) {
  const versions: Version[] = [{ tag: "v1", dispositions: [entry("first")] }];
  const left = [...faults];
  const now = () => versions.at(-1) as Version;
  const tenant: Tenant = {
    async read() {
      const fault = left.shift() ?? "none";
      if (fault === "unavailable") throw new TenantError("vendor_unavailable", "away");
      const { tag, dispositions } = (fault === "stale" ? versions.at(-2) : undefined) ?? now();
      return { value: { dispositions: [...dispositions] }, lock: { tag, style: STYLE } };
    },
    async replace(_id, dispositions, lock: Lock) {
      const fault = left.shift() ?? "none";
      if (fault === "unavailable") throw new TenantError("rate_limited", "429");
      if (fault === "not arrived") throw new TenantError("unknown_outcome", "no reply", { outcomeUnknown: true });
      if (lock.tag !== now().tag) throw new TenantError("stale_lock", "stale", { status: 409 });
      versions.push({ tag: `v${versions.length + 1}`, dispositions });
      if (fault === "lost") throw new TenantError("unknown_outcome", "no reply", { outcomeUnknown: true });
      return { ...REPORT, reply: { dispositions }, status: 200, already: false, etag: now().tag, correlationId: "c" };
    },
  };
  return { tenant, versions, now };
}

function writerOver(tenant: Tenant, announce: CorrectDependencies["announce"] = async () => undefined) {
  return (agent: string, policy: Policy, attempts: number, more: Partial<Correction> = {}, announced?: Version) =>
    correctDisposition(
      {
        interactions: tenant,
        clock: { now: () => 0, sleep: async () => undefined },
        random: createRandom(1, agent),
        announce,
      },
      "i",
      { wanted: entry(agent), policy, attempts, validate: () => [], ...more },
      announced,
    );
}

const faultList = fc.array(fc.constantFrom<Fault>("none", "none", "none", "stale", "lost", "not arrived", "unavailable"), {
  maxLength: 25,
});

test("writers in any order, with faults: who succeeded is there once, who did not is not, nobody else is lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 2, max: 5 }),
      fc.constantFrom(...POLICIES),
      faultList,
      async (scheduler, count, policy, faults) => {
        const { tenant, versions, now } = createModel(faults);
        const write = writerOver({
          read: scheduler.scheduleFunction(tenant.read),
          replace: scheduler.scheduleFunction(tenant.replace),
        });
        const agents = Array.from({ length: count }, (_, n) => `agent_${n}`);
        const running = Promise.all(agents.map((agent) => write(agent, policy, 6)));
        await scheduler.waitFor(running);
        const results = (await running).map(({ outcome }) => outcome.result);
        const last = now().dispositions;
        for (const [n, agent] of agents.entries()) {
          const copies = last.filter((found) => isEntry(found, entry(agent))).length;
          const ever = versions.some(({ dispositions }) => dispositions.some((found) => isEntry(found, entry(agent))));
          if (results[n] === "success") expect(ever).toBe(true);
          if (policy === "replace") expect(copies).toBeLessThan(2);
          else if (results[n] === "success") expect(copies).toBe(1);
          else if (results[n] !== "unknown") expect([results[n], copies]).toEqual([results[n], 0]);
        }
        if (policy !== "replace") expect(last.filter((found) => isEntry(found, entry("first")))).toHaveLength(1);
      },
    ),
    { numRuns: scaled(400, 60) },
  );
});

test("with tries enough and no faults, every append succeeds, whatever the order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, count) => {
      const { tenant, now } = createModel([]);
      const write = writerOver({
        read: scheduler.scheduleFunction(tenant.read),
        replace: scheduler.scheduleFunction(tenant.replace),
      });
      const agents = Array.from({ length: count }, (_, n) => `agent_${n}`);
      const running = Promise.all(agents.map((agent) => write(agent, "append", count)));
      await scheduler.waitFor(running);
      expect((await running).map(({ outcome }) => outcome.result)).toEqual(agents.map(() => "success"));
      const there = now().dispositions.map(({ agent_id }) => agent_id);
      expect(there.sort()).toEqual([...agents, "first"].sort());
    }),
    { numRuns: 100 },
  );
});

test("a write is announced before it is sent, with the version it builds upon; refused, nothing is sent", async () => {
  const { tenant, versions } = createModel([]);
  const announced: string[] = [];
  await writerOver(tenant, async (base) => {
    announced.push(base.tag, versions.at(-1)?.tag ?? "");
  })("a", "append", 3);
  expect(announced).toEqual(["v1", "v1"]);
  const refusing = writerOver(tenant, async () => {
    throw new Error("not ours any more");
  });
  await expect(refusing("b", "append", 3)).rejects.toThrow("not ours any more");
  expect(versions).toHaveLength(2);
});

test("what it took is counted: writes, conflicts, and what the tenant could not answer", async () => {
  const { tenant } = createModel(["unavailable", "unavailable"]);
  const away = await writerOver(tenant)("a", "append", 2);
  expect(away).toMatchObject({ outcome: { result: "exhausted_retries" }, attempts: 0, failure: { code: "vendor_unavailable" } });
  const done = await writerOver(tenant)("a", "append", 2);
  expect(done).toMatchObject({ outcome: { result: "success" }, attempts: 1, conflicts: 0, failure: undefined });
});

test.each([
  ["not_found", {}, "not_found"],
  ["missing_scope", { details: { scopeGranted: true } }, "forbidden"],
  ["refused", { status: 400 }, "validation_error"],
  ["refused", { status: 428 }, "failed"],
  ["invalid_request", {}, "validation_error"],
] as const)("a write that is refused as %s %j ends as %s", async (code, more, result) => {
  const { tenant } = createModel([]);
  const replace = async () => {
    throw new TenantError(code, "no", more);
  };
  expect((await writerOver({ ...tenant, replace })("a", "append", 3)).outcome).toMatchObject({ result, message: "no" });
});

test.each([
  ["missing_scope", { details: { scopeGranted: false } }],
  ["unauthorized", {}],
  ["aborted", {}],
] as const)("%s stops all corrections, not only this one", async (code, more) => {
  const read = async () => {
    throw new TenantError(code, "no", more);
  };
  await expect(writerOver({ ...createModel([]).tenant, read })("a", "append", 3)).rejects.toMatchObject({ code });
});

test("halted after its write, the write is read back; halted before it, nothing is written", async () => {
  const halt = new AbortController();
  const confirmed = () => undefined;
  const asks: unknown[] = [];
  const aborted = () => new TenantError("aborted", "the call was aborted");
  /** A tenant whose client heeds `halt`. */
  const heeding = ({ tenant }: ReturnType<typeof createModel>): Tenant => ({
    async read(id, options) {
      if (options?.halt?.aborted) throw aborted();
      asks.push(options?.confirmed);
      return tenant.read(id);
    },
    async replace(id, dispositions, lock, options) {
      if (options?.halt?.aborted) throw aborted();
      asks.push(options?.confirmed);
      const reply = await tenant.replace(id, dispositions, lock);
      halt.abort();
      return reply;
    },
  });
  const correct = (interactions: Tenant) =>
    correctDisposition(
      {
        interactions,
        clock: { now: () => 0, sleep: async () => undefined },
        random: createRandom(1, "halted"),
        announce: async () => undefined,
        leave: { halt: halt.signal, confirmed },
      },
      "i",
      { wanted: entry("a"), policy: "append", attempts: 3, validate: () => [] },
    );
  const whole = createModel([]);
  expect(await correct(heeding(whole))).toMatchObject({ outcome: { result: "success" }, attempts: 1 });

  // The client asks for the leave before the first read and the write; the reading back of a write needs none.
  expect(asks).toEqual([confirmed, confirmed, undefined]);

  const untouched = createModel([]);
  await expect(correct(heeding(untouched))).rejects.toMatchObject({ code: "aborted" });
  expect(untouched.versions).toHaveLength(1);
});

test("a correction whose reading back is ended with the client is unknown, and not unsent", async () => {
  const model = createModel([]);
  let reads = 0;
  const read: Tenant["read"] = async (id) => {
    reads += 1;
    if (reads > 1) throw new TenantError("aborted", "the tenant's client is closed");
    return model.tenant.read(id);
  };
  const corrected = await writerOver({ ...model.tenant, read })("a", "append", 3);
  expect(corrected).toMatchObject({ outcome: { result: "unknown" }, attempts: 1, failure: { code: "aborted" } });
  expect(model.versions).toHaveLength(2);
});
