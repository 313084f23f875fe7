import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, isEntry, POLICIES, type Policy, type Version } from "./entry.ts";
import {
  beginCorrection,
  type Correction,
  type CorrectionCommand,
  type CorrectionEvent,
  type CorrectionOutcome,
  type CorrectionState,
  decideNext,
} from "./machine.ts";

const TIME = "2026-05-01T10:00:00Z";
const entry = (agent: string, code = "101"): Entry => ({
  code,
  description: "",
  agent_id: agent,
  timestamp: TIME,
  source: "api",
});
const correction = (agent: string, policy: Policy, attempts: number, more: Partial<Correction> = {}): Correction => ({
  wanted: entry(agent),
  policy,
  attempts,
  validate: () => [],
  ...more,
});
const ours: Version = { tag: "v1", dispositions: [entry("first", "102")] };

/** Feeds events to a correction and gives the commands between them. */
function play(given: Correction, events: readonly CorrectionEvent[], announced?: Version) {
  let next = beginCorrection(announced);
  const commands: (CorrectionCommand["do"] | "end")[] = [next.command?.do ?? "end"];
  for (const event of events) {
    next = decideNext(given, next.state, event);
    commands.push(next.command?.do ?? "end");
  }
  return { commands, outcome: next.state.at === "ended" ? next.state.outcome : undefined };
}

const read = (tag: string, ...dispositions: Entry[]): CorrectionEvent => ({ type: "read", version: { tag, dispositions } });
const written = (tag: string, ...dispositions: Entry[]): CorrectionEvent => ({ type: "written", version: { tag, dispositions } });
const conflict: CorrectionEvent = { type: "conflict", message: "another writer was faster" };
const lost: CorrectionEvent = { type: "lost", message: "no reply" };
const paused: CorrectionEvent = { type: "paused" };
const [kept, wanted] = [entry("first", "102"), entry("a")];

test("read, merge, write, verify: others' entries are kept, and the result has before and after", () => {
  const { commands, outcome } = play(correction("a", "append", 3), [
    read("v1", kept),
    written("v2", kept, wanted),
    read("v2", kept, wanted),
  ]);
  expect(commands).toEqual(["read", "write", "read", "end"]);
  expect(outcome).toEqual({ result: "success", before: [kept], after: [kept, wanted], tagBefore: "v1", tagAfter: "v2" });
});

test("a version that the caller names is the only one that is written upon", () => {
  const named = (etag: string) => correction("a", "append", 3, { etag });
  expect(play(named("v1"), [read("v1", kept), written("v2", kept, wanted), read("v2", kept, wanted)]).outcome?.result).toBe(
    "success",
  );
  const other = play(named("v1"), [read("v2", kept)]);
  expect(other.commands).toEqual(["read", "end"]);
  expect(other.outcome).toMatchObject({
    result: "conflict_persistent",
    stored: [kept],
    intended: [kept, wanted],
    tagAfter: "v2",
  });
  expect(other.outcome?.message).toContain("v2, not the requested v1");
  // Another writer comes between the read and the write: nothing is merged into what it left.
  const overtaken = play(named("v1"), [read("v1", kept), conflict, paused, read("v2", kept, entry("b"))]);
  expect(overtaken.commands).toEqual(["read", "write", "pause", "read", "end"]);
  expect(overtaken.outcome?.result).toBe("conflict_persistent");
  // A lost reply was ours after all; what is there already needs no write.
  expect(play(named("v1"), [read("v1", kept), lost, paused, read("v2", kept, wanted)]).outcome?.result).toBe("success");
  expect(play(named("v1"), [read("v2", kept, wanted)]).outcome?.result).toBe("unchanged");
});

test("a success that the tenant claims without the entry in its answer is read back like a lost one", () => {
  const { commands, outcome } = play(correction("a", "append", 3), [
    read("v1", kept),
    written("v2", kept),
    paused,
    read("v2", kept),
    written("v3", kept, wanted),
    read("v3", kept, wanted),
  ]);
  expect(commands).toEqual(["read", "write", "pause", "read", "write", "read", "end"]);
  expect(outcome?.result).toBe("success");
});

test("after a conflict the entry that is there already is our own lost reply", () => {
  const { outcome } = play(correction("a", "append", 3), [read("v1", kept), conflict, paused, read("v2", kept, wanted)]);
  expect(outcome).toMatchObject({ result: "success", after: [kept, wanted] });
});

test("conflicts up to the last attempt end with both versions", () => {
  const other = entry("b");
  const { commands, outcome } = play(correction("a", "append", 2), [
    read("v1", kept),
    conflict,
    paused,
    read("v2", kept),
    conflict,
    read("v3", kept, other),
  ]);
  expect(commands.at(-1)).toBe("end");
  expect(outcome).toMatchObject({ result: "conflict_persistent", intended: [kept, other, wanted], stored: [kept, other] });
});

test("a read that is certainly outdated is not merged from", () => {
  const { commands } = play(correction("a", "append", 3), [read("v1", kept), conflict, paused, read("v1", kept)]);
  expect(commands.at(-1)).toBe("pause");
});

test.each(["append", "replace", "fail"] as const)(
  "a conflict with nobody is written again upon the same version, when two reads show it (%s)",
  (policy) => {
    const { commands, outcome } = play(correction("a", policy, 2), [
      read("v1"),
      conflict,
      paused,
      read("v1"),
      paused,
      read("v1"),
      written("v2", wanted),
      read("v2", wanted),
    ]);
    expect(commands).toEqual(["read", "write", "pause", "read", "pause", "read", "write", "read", "end"]);
    expect(outcome).toEqual({ result: "success", before: [], after: [wanted], tagBefore: "v1", tagAfter: "v2" });
  },
);

test("the policy fail ends at the first change by another writer, and only then", () => {
  expect(play(correction("a", "fail", 3), [read("v1", kept), conflict, paused, read("v2")]).outcome).toMatchObject({
    result: "conflict_persistent",
    stored: [],
  });
  // After a lost answer it takes two reads to say so: one may be outdated.
  const doubtful = [read("v1", kept), lost, paused, read("v2"), paused];
  expect(play(correction("a", "fail", 3), [...doubtful, read("v2")]).outcome?.result).toBe("conflict_persistent");
  expect(play(correction("a", "fail", 3), [...doubtful, read("v3", kept, wanted)]).outcome?.result).toBe("success");
  expect(play(correction("a", "fail", 3), [read("v1", kept), lost, paused, read("v1", kept)]).commands.at(-1)).toBe("write");
});

test("a lost replacement that did not arrive is not mistaken for one that did because our entry was there before", () => {
  const { commands, outcome } = play(correction("a", "replace", 3), [
    read("v1", kept, wanted),
    lost,
    paused,
    read("v1", kept, wanted),
    written("v2", wanted),
    read("v2", wanted),
  ]);
  expect(commands).toEqual(["read", "write", "pause", "read", "write", "read", "end"]);
  expect(outcome).toEqual({ result: "success", before: [kept, wanted], after: [wanted], tagBefore: "v1", tagAfter: "v2" });
});

test("what an earlier process announced counts as perhaps carried out", () => {
  expect(play(correction("a", "append", 3), [read("v2", kept, wanted)], ours).outcome).toEqual({
    result: "success",
    before: ours.dispositions,
    after: [kept, wanted],
    tagBefore: "v1",
    tagAfter: "v2",
  });
  expect(play(correction("a", "append", 3), [read("v2", kept, wanted)]).outcome?.result).toBe("unchanged");
});

test("the rules are asked about the merged array, again after every fresh read", () => {
  const seen: (readonly Entry[])[] = [];
  const strict = correction("a", "append", 3, {
    validate: (merged) => {
      seen.push(merged);
      return merged.some(({ code }) => code === "201") ? [{ code: "exclusive_codes", message: "no 101 beside 201" }] : [];
    },
  });
  const second = entry("b", "201");
  const { outcome } = play(strict, [read("v1", kept), conflict, paused, read("v2", kept, second)]);
  expect(seen).toEqual([
    [kept, wanted],
    [kept, second, wanted],
  ]);
  expect(outcome).toMatchObject({ result: "validation_error", message: "no 101 beside 201", stored: [kept, second] });
});

test("a tenant that cannot be read ends as exhausted before a write, as unknown after one", () => {
  const away: CorrectionEvent = { type: "read_failed", why: "unavailable", message: "away", statusCode: 503 };
  expect(play(correction("a", "append", 2), [away, paused, away]).outcome).toMatchObject({ result: "exhausted_retries" });
  const after = play(correction("a", "append", 2), [read("v1"), written("v2", wanted), away, paused, away]);
  expect(after.outcome).toMatchObject({ result: "unknown", message: "away" });
});

/** A tenant in miniature: versions, and writes that must name the present one. */
interface World {
  readonly versions: readonly Version[];
  readonly writers: readonly { readonly state: CorrectionState; readonly command: CorrectionCommand | undefined }[];
  readonly faultsLeft: number;
  /** Writes whose senders have given up waiting, and which may still arrive. */
  readonly underWay: readonly { readonly tag: string; readonly dispositions: readonly Entry[] }[];
}

const FAULTS = ["none", "stale", "lost", "not arrived", "delayed", "meddler"] as const;
type Fault = (typeof FAULTS)[number];

/** A write that was given up arrives after all. */
function arrive(world: World, which: number): World {
  const late = world.underWay[which];
  const accepted = late !== undefined && late.tag === world.versions.at(-1)?.tag;
  return {
    ...world,
    versions: accepted ? [...world.versions, next(world.versions, late.dispositions)] : world.versions,
    underWay: world.underWay.filter((_, n) => n !== which),
  };
}

/** What a writer's command meets, and the world after it. */
function step(world: World, given: readonly Correction[], who: number, fault: Fault): World | undefined {
  const writer = world.writers[who];
  const command = writer?.command;
  const now = world.versions.at(-1);
  if (writer === undefined || command === undefined || now === undefined) return undefined;
  let { versions, underWay } = world;
  let event: CorrectionEvent;
  if (command.do === "pause") {
    if (fault !== "none") return undefined;
    event = paused;
  } else if (command.do === "read") {
    if (fault !== "none" && fault !== "stale") return undefined;
    event = { type: "read", version: (fault === "stale" ? versions.at(-2) : undefined) ?? now };
  } else {
    if (fault === "stale") return undefined;
    if (fault === "meddler")
      versions = [...versions, next(versions, [...now.dispositions, entry(`meddler ${versions.length}`, "109")])];
    const present = versions.at(-1);
    if (fault === "delayed") underWay = [...underWay, { tag: command.base.tag, dispositions: command.dispositions }];
    if (fault === "not arrived" || fault === "delayed") event = lost;
    else if (present?.tag !== command.base.tag) event = conflict;
    else {
      const stored = next(versions, command.dispositions);
      versions = [...versions, stored];
      event = fault === "lost" ? lost : { type: "written", version: stored };
    }
  }
  const correction = given[who];
  if (correction === undefined) return undefined;
  const after = decideNext(correction, writer.state, event);
  return {
    versions,
    underWay,
    writers: world.writers.map((one, n) => (n === who ? after : one)),
    faultsLeft: world.faultsLeft - (fault === "none" ? 0 : 1),
  };
}

const next = (versions: readonly Version[], dispositions: readonly Entry[]): Version => ({
  tag: `v${versions.length + 1}`,
  dispositions,
});

/** Walks through every interleaving and every placing of the faults; judges every end. @returns how many states there were */
function explore(
  given: readonly Correction[],
  faults: number,
  judge: (world: World, outcomes: readonly CorrectionOutcome[]) => void,
): number {
  const seen = new Set<string>();
  const open: World[] = [
    {
      versions: [{ tag: "v1", dispositions: [entry("before", "102")] }],
      writers: given.map(() => beginCorrection()),
      faultsLeft: faults,
      underWay: [],
    },
  ];
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    const key = JSON.stringify(world);
    if (seen.has(key)) continue;
    seen.add(key);
    const outcomes = world.writers.flatMap(({ state }) => (state.at === "ended" ? [state.outcome] : []));
    if (outcomes.length === given.length) judge(world, outcomes);
    for (const which of world.underWay.keys()) open.push(arrive(world, which));
    for (let who = 0; who < given.length; who++) {
      for (const fault of FAULTS) {
        if (fault !== "none" && world.faultsLeft === 0) continue;
        const after = step(world, given, who, fault);
        if (after !== undefined) open.push(after);
      }
    }
  }
  return seen.size;
}

/** No version drops what another writer entered, but by the policy replace; nobody's entry is there twice; results tell the truth. */
function expectNothingLost(given: readonly Correction[], world: World, outcomes: readonly CorrectionOutcome[]): void {
  const last = world.versions.at(-1) ?? { tag: "", dispositions: [] };
  const mixed = given.some(({ policy }) => policy === "replace");
  for (const [n, version] of world.versions.entries()) {
    for (const { wanted: one } of given)
      expect(version.dispositions.filter((found) => isEntry(found, one)).length).toBeLessThan(2);
    const dropped = world.versions[n - 1]?.dispositions.filter((old) => !version.dispositions.some((one) => isEntry(one, old)));
    if (!mixed) expect(dropped ?? []).toEqual([]);
  }
  for (const [n, { wanted: one }] of given.entries()) {
    const isIn = ({ dispositions }: Version) => dispositions.some((found) => isEntry(found, one));
    const { result } = outcomes[n] ?? { result: undefined };
    if (result === "success") expect(world.versions.some(isIn)).toBe(true);
    // What was refused is not there; it may have been for a moment, when somebody else replaces everything.
    else if (result !== "unknown") expect([result, world.versions.some(isIn) && (!mixed || isIn(last))]).toEqual([result, false]);
    if (result === "success" && !mixed) expect(isIn(last)).toBe(true);
  }
}

test.each(POLICIES)(
  "every interleaving of two writers with two faults, policy %s: no update is lost, none is doubled",
  (policy) => {
    const given = [correction("a", policy, 3), correction("b", policy, 3)];
    let ends = 0;
    const states = explore(given, 2, (world, outcomes) => {
      ends += 1;
      expectNothingLost(given, world, outcomes);
    });
    expect(states).toBeGreaterThan(1000);
    expect(ends).toBeGreaterThan(20);
  },
);

test("every interleaving of three writers without faults: all three entries are there", () => {
  const given = ["a", "b", "c"].map((agent) => correction(agent, "append", 3));
  explore(given, 0, (world, outcomes) => {
    expect(outcomes.map(({ result }) => result)).toEqual(["success", "success", "success"]);
    expectNothingLost(given, world, outcomes);
    expect(world.versions.at(-1)?.dispositions).toHaveLength(4);
  });
});

test("writers of mixed policies with a fault: results tell the truth", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...POLICIES),
      fc.constantFrom(...POLICIES),
      fc.integer({ min: 1, max: 3 }),
      (one, two, attempts) => {
        const given = [correction("a", one, attempts), correction("b", two, attempts)];
        explore(given, 1, (world, outcomes) => expectNothingLost(given, world, outcomes));
      },
    ),
    { numRuns: 12 },
  );
});

test("the model would show it: a writer that merges from what it read first loses an update", () => {
  const careless = (world: World, who: number): World | undefined => {
    const now = world.versions.at(-1);
    const command = world.writers[who]?.command;
    if (command?.do !== "write" || now === undefined) return undefined;
    // Sends under the present tag what it merged from an older version.
    const given = [correction("a", "append", 3), correction("b", "append", 3)];
    return step(
      { ...world, writers: world.writers.map((one, n) => (n === who ? { ...one, command: { ...command, base: now } } : one)) },
      given,
      who,
      "none",
    );
  };
  const given = [correction("a", "append", 3), correction("b", "append", 3)];
  let world: World | undefined = {
    versions: [{ tag: "v1", dispositions: [] }],
    writers: given.map(() => beginCorrection()),
    faultsLeft: 0,
    underWay: [],
  };
  for (const act of [
    (w: World) => step(w, given, 0, "none"),
    (w: World) => step(w, given, 1, "none"),
    (w: World) => step(w, given, 0, "none"),
    (w: World) => careless(w, 1),
  ])
    world = world && act(world);
  expect(world?.versions.at(-1)?.dispositions.map(({ agent_id }) => agent_id)).toEqual(["b"]);
});
