// Fifty writers on one interaction from three processes, with faults and other writers in between: no entry is lost, none is doubled.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../src/kernel/index.ts";
import { type Entry, FIRST, interactionId, openWorld, TIME, type World } from "../integration/interactions/world.ts";
import { createDatabase } from "../support/database.ts";
import { startBundled } from "../support/program.ts";
import { IS_DEEP, scaled } from "../support/scale.ts";

const PROCESSES = 3;
const EACH = scaled(17, 5);

let world: World;
/** Processes over one store, for all tests: each test has an interaction of its own. */
let sharing: Process[];
let interactions = 0;
let one: string;

beforeAll(async () => {
  world = await openWorld(8, 2);
  await world.configure("interactions: { attempts: 20 }\n");
  sharing = await started();
});
afterAll(async () => {
  await ended(sharing);
  await world[Symbol.asyncDispose]();
});
beforeEach(() => {
  one = interactionId((interactions += 1));
});
afterEach(() => world.sandbox.control.faults.clear());

interface Written {
  readonly agent: string;
  readonly result: string;
  readonly reason?: string;
}

interface Process {
  readonly child: ChildProcess;
  readonly lines: AsyncIterableIterator<string>;
}

/** @param databaseUrls the database of each; the world's by default */
async function started(databaseUrls: readonly string[] = []): Promise<Process[]> {
  const processes = Array.from({ length: PROCESSES }, (_, n) => startWriters(n, databaseUrls[n]));
  const ready = await Promise.all(processes.map(async ({ lines }) => JSON.parse(String((await lines.next()).value)) as object));
  expect(ready).toHaveLength(PROCESSES);
  return processes;
}

async function ended(processes: readonly Process[]): Promise<void> {
  for (const { child } of processes) {
    child.stdin?.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    expect(child.exitCode).toBe(0);
  }
}

/** Lets three processes write at once. @returns how each writer ended */
async function writers(policy: string, processes: readonly Process[] = sharing): Promise<Written[]> {
  for (const [n, { child }] of processes.entries())
    child.stdin?.write(`${JSON.stringify({ policy, interaction: one, first: 1 + n * EACH, count: EACH })}\n`);
  const results = await Promise.all(
    processes.map(async ({ lines }) => {
      const written: Written[] = [];
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error("a process with writers ended");
        const said = JSON.parse(value) as Partial<Written>;
        if (said.agent === undefined) return written;
        written.push(said as Written);
      }
    }),
  );
  expect(results.map((written) => written.length)).toEqual(processes.map(() => EACH));
  return results.flat();
}

function startWriters(n: number, databaseUrl?: string): Process {
  const { child } = startBundled("interaction-child", [], {
    cwd: world.folder,
    env: {
      ...world.environment,
      // A folder remembers the history of one database.
      WRITER_DIR: databaseUrl === undefined ? world.folder : join(world.folder, `writer-${n}`),
      DATABASE_URL: databaseUrl ?? world.databaseUrl,
    },
    openInput: true,
  });
  if (child.stdout === null) throw new Error("the process has no output");
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

const agentsOf = (entries: readonly Entry[]) => entries.map(({ agent_id }) => agent_id);

/** Lost replies and outdated reads for our own writers, not for the others. */
function addFaults(): void {
  const client = "client-1";
  world.sandbox.control.faults.add([
    { match: { operation: "patchInteraction", client }, probability: 0.15, effect: { acceptThenFail: true } },
    { match: { operation: "patchInteraction", client }, probability: 0.1, effect: { reset: true } },
    { match: { operation: "getInteraction", client }, probability: 0.2, effect: { staleRead: true } },
    {
      match: { operation: "getInteraction", client },
      probability: 0.05,
      effect: { status: 503, headers: { "retry-after": "0" } },
    },
  ]);
}

/** Another system that appends entries of its own, as the contract asks, until told to stop. @returns the agents it entered */
async function meddle(random: () => number, until: () => boolean): Promise<string[]> {
  const entered: string[] = [];
  for (let n = 1; !until(); n++) {
    const { dispositions, etag } = await world.stored(one);
    const entry = { code: "101", description: "", agent_id: `meddler_${n}`, timestamp: TIME, source: "crm" };
    if (await world.patch(one, etag, [...dispositions, entry])) entered.push(entry.agent_id);
    await new Promise((resolve) => setTimeout(resolve, 20 + 180 * random()));
  }
  return entered;
}

const once50 = Array.from({ length: PROCESSES * EACH }, (_, n) => `agent_${n + 1}`);

const MANNERS: readonly (readonly [string, number])[] = [
  ["calm", 1],
  ["with lost replies, outdated reads and another system that writes", 2],
  ["the same with other chances", 3],
];

test.each(IS_DEEP ? MANNERS : MANNERS.slice(1, 2))("append, %s: every entry once, others' entries kept", async (manner, seed) => {
  let over = false;
  const random = createRandom(seed, "meddler");
  const faulty = manner !== "calm";
  if (faulty) addFaults();
  const meddling = faulty
    ? meddle(
        () => random.next(),
        () => over,
      )
    : Promise.resolve([]);
  const written = await writers("append");
  over = true;
  const others = await meddling;
  expect(written.filter(({ result }) => result !== "success")).toEqual([]);
  const { dispositions } = await world.stored(one);
  expect(agentsOf(dispositions).sort()).toEqual([FIRST.agent_id, ...once50, ...others].sort());
  if (faulty) expect(others.length).toBeGreaterThan(0);
  if (faulty) expect(world.sandbox.control.faults.list().every(({ struck }) => struck > 0)).toBe(true);
});

test("append, by processes that share no store and so no lock: the versions alone keep every entry", async () => {
  addFaults();
  const databases = [await createDatabase(), await createDatabase(), await createDatabase()];
  try {
    const processes = await started(databases.map(({ url }) => url));
    const written = await writers("append", processes);
    await ended(processes);
    expect(written.filter(({ result }) => result !== "success")).toEqual([]);
  } finally {
    for (const database of databases) await database.dispose();
  }
  const conflicts = world.sandbox.control
    .requests({ operation: "patchInteraction" })
    .filter(({ path, status }) => path.includes(one) && status === 409);
  expect(conflicts.length).toBeGreaterThan(0);
  expect(agentsOf((await world.stored(one)).dispositions).sort()).toEqual([FIRST.agent_id, ...once50].sort());
});

test.each(IS_DEEP ? [["calm"], ["with faults"]] : [["with faults"]])(
  "replace, %s: each stands alone once, the last one remains",
  async (manner) => {
    if (manner !== "calm") addFaults();
    const written = await writers("replace");
    expect(written.filter(({ result }) => result !== "success")).toEqual([]);
    const alone = (await world.stored(one)).dispositions;
    expect(alone).toHaveLength(1);
    expect(once50).toContain(alone[0]?.agent_id);
  },
);

test.each([["calm"], ["with faults and another system"]])(
  "fail, %s: what succeeded is there once, what did not is not there",
  async (manner) => {
    let over = false;
    const random = createRandom(4, "meddler");
    if (manner !== "calm") addFaults();
    const meddling =
      manner === "calm"
        ? Promise.resolve([])
        : meddle(
            () => random.next(),
            () => over,
          );
    const written = await writers("fail");
    over = true;
    const others = await meddling;
    const succeeded = written.filter(({ result }) => result === "success").map(({ agent }) => agent);
    const rest = written.filter(({ result }) => result !== "success" && (manner === "calm" || result !== "conflict_persistent"));
    expect(rest).toEqual([]);
    expect(agentsOf((await world.stored(one)).dispositions).sort()).toEqual([FIRST.agent_id, ...succeeded, ...others].sort());
  },
);
