// Fifty writers on one interaction from three processes, with faults and other writers in between: no entry is lost, none is doubled.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { createRandom } from "../../src/kernel/index.ts";
import { type Entry, FIRST, interactionId, openWorld, TIME, type World } from "../integration/interactions/world.ts";
import { createDatabase } from "../support/database.ts";
import { startBundled } from "../support/program.ts";
import { IS_DEEP, scaled } from "../support/scale.ts";

const PROCESSES = 3;
const EACH = scaled(17, 5);
const ONE = interactionId(1);

let world: World;

/** A world whose faults strike by this seed. */
async function open(seed: number): Promise<void> {
  world = await openWorld(1, seed);
  await writeFile(join(world.folder, "outdial.yaml"), "interactions: { attempts: 20 }\n");
}
afterEach(() => world[Symbol.asyncDispose]());

interface Written {
  readonly agent: string;
  readonly result: string;
  readonly reason?: string;
}

/**
 * Lets three processes write at once.
 * @param databaseUrls the database of each; the world's by default
 * @returns how each writer ended
 */
async function writers(policy: string, databaseUrls: readonly string[] = []): Promise<Written[]> {
  const children = Array.from({ length: PROCESSES }, (_, n) => startWriters(policy, 1 + n * EACH, databaseUrls[n]));
  const ready = await Promise.all(children.map(async ({ lines }) => JSON.parse(String((await lines.next()).value)) as object));
  expect(ready).toHaveLength(PROCESSES);
  for (const { child } of children) child.stdin?.write("go\n");
  const results = await Promise.all(
    children.map(async ({ child, lines }) => {
      const written: Written[] = [];
      for await (const line of lines) written.push(JSON.parse(line) as Written);
      if (child.exitCode === null && child.signalCode === null) await once(child, "close");
      expect(child.exitCode).toBe(0);
      return written;
    }),
  );
  return results.flat();
}

function startWriters(
  policy: string,
  first: number,
  databaseUrl?: string,
): { child: ChildProcess; lines: AsyncIterableIterator<string> } {
  const { child } = startBundled("interaction-child", [policy, ONE, String(first), String(EACH)], {
    cwd: world.folder,
    env: {
      ...world.environment,
      // A folder remembers the history of one database.
      WRITER_DIR: databaseUrl === undefined ? world.folder : join(world.folder, `writer-${first}`),
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
    const { dispositions, etag } = await world.stored(ONE);
    const entry = { code: "101", description: "", agent_id: `meddler_${n}`, timestamp: TIME, source: "crm" };
    if (await world.patch(ONE, etag, [...dispositions, entry])) entered.push(entry.agent_id);
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
  await open(seed);
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
  const { dispositions } = await world.stored(ONE);
  expect(agentsOf(dispositions).sort()).toEqual([FIRST.agent_id, ...once50, ...others].sort());
  if (faulty) expect(others.length).toBeGreaterThan(0);
  if (faulty) expect(world.sandbox.control.faults.list().every(({ struck }) => struck > 0)).toBe(true);
});

test("append, by processes that share no store and so no lock: the versions alone keep every entry", async () => {
  await open(6);
  addFaults();
  const databases = [await createDatabase(), await createDatabase(), await createDatabase()];
  try {
    const written = await writers(
      "append",
      databases.map(({ url }) => url),
    );
    expect(written.filter(({ result }) => result !== "success")).toEqual([]);
  } finally {
    for (const database of databases) await database.dispose();
  }
  const conflicts = world.sandbox.control.requests({ operation: "patchInteraction" }).filter(({ status }) => status === 409);
  expect(conflicts.length).toBeGreaterThan(0);
  expect(agentsOf((await world.stored(ONE)).dispositions).sort()).toEqual([FIRST.agent_id, ...once50].sort());
});

test.each(IS_DEEP ? [["calm"], ["with faults"]] : [["with faults"]])(
  "replace, %s: each stands alone once, the last one remains",
  async (manner) => {
    await open(5);
    if (manner !== "calm") addFaults();
    const written = await writers("replace");
    expect(written.filter(({ result }) => result !== "success")).toEqual([]);
    const alone = (await world.stored(ONE)).dispositions;
    expect(alone).toHaveLength(1);
    expect(once50).toContain(alone[0]?.agent_id);
  },
);

test.each([["calm"], ["with faults and another system"]])(
  "fail, %s: what succeeded is there once, what did not is not there",
  async (manner) => {
    await open(4);
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
    expect(agentsOf((await world.stored(ONE)).dispositions).sort()).toEqual([FIRST.agent_id, ...succeeded, ...others].sort());
  },
);
