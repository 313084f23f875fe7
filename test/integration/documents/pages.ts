// What the readers of the documents have besides the text: files of their own, answers to questions, values for placeholders.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import type { StartedWorld } from "../../support/world.ts";

export interface Page {
  /** Files in the reader's folder: their text, or a file of this repository. */
  readonly has?: Readonly<Record<string, string | { readonly of: string }>>;
  /** Scenario of the tenant; its default world otherwise. */
  readonly scenario?: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** What happened before, and what it left in the shell. */
  readonly before?: (world: StartedWorld, stack: AsyncDisposableStack) => Promise<Readonly<Record<string, string>> | void>;
  /** What the reader does by hand before a command, by what the command contains. */
  readonly byHand?: Readonly<Record<string, (world: StartedWorld) => Promise<void>>>;
  /** Exit codes of commands that end with another one than 0, by what they contain. */
  readonly ends?: Readonly<Record<string, number>>;
  /** Commands that go on until they are stopped, and what they have said by then. */
  readonly stopped?: Readonly<Record<string, RegExp>>;
  /** Commands that ask; the answer is yes. */
  readonly asks?: readonly string[];
  /** What stands for words, such as JOB. */
  readonly stands?: Readonly<Record<string, (world: StartedWorld) => Promise<string>>>;
  /** Other programs than outdial. @returns what they say */
  readonly others?: Readonly<Record<string, (words: readonly string[], world: StartedWorld) => Promise<string>>>;
  /** What reads the files that are shown, by kind; throws for one that does not hold. */
  readonly files?: Readonly<Record<string, (text: string, world: StartedWorld) => void | Promise<void>>>;
  /** Statements after each program, which close what it opened. */
  readonly after?: string;
}

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const INTERACTION = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
const CALLS =
  "call_id,disposition_code_id,reason_code_id\ncall_000001,DISP_003,REASON_005\ncall_000002,DISP_005,REASON_010\ncall_000003,DISP_9,\n";
const CORRECTIONS = `interaction_id,code,agent_id,timestamp\n${INTERACTION},101,agent_xyz_123,2026-05-01T10:00:00Z\n`;
const CONTACTS = { of: "examples/compliance/contacts.csv" };
const QUESTIONS = '{"id":"q1","number":"+12125550123","at":"2026-06-16T15:00:00Z","callType":"telemarketing"}\n';
const SETTINGS = { of: "examples/dialer-settings.yaml" };
const newestJob = async (world: StartedWorld) => {
  const { stdout } = await world.run(["jobs", "list", "--json"]);
  return (JSON.parse(stdout) as { items: { id: string }[] }).items[0]?.id ?? "";
};

/** A small campaign instead of the example, which takes seconds. */
const QUICK = "agents: 4\nduration: 1h\npacing: { strategy: ratio, ratio: 2 }\n";

/** The registries that a call to New York needs. */
async function loadRegistries(world: StartedWorld): Promise<void> {
  await writeFile(join(world.folder, "registry.txt"), "2125550199\n");
  for (const more of [[], ["--registry", "US-FL"], ["--registry", "US-IN"], ["--registry", "US-MA"], ["--registry", "US-PA"]])
    expect(
      (await world.run(["dnc", "import", "registry.txt", "--list", "national", "--as-of", "2026-06-10", ...more])).code,
    ).toBe(0);
}

/** A receiver of events that is there. @returns the shell's variables for it */
async function receive(
  name: "BI" | "ANALYTICS" | "CRM",
  stack: AsyncDisposableStack,
): Promise<[Receiver, Record<string, string>]> {
  const receiver = await startReceiver(SECRET);
  stack.defer(() => receiver.close());
  return [receiver, { [`OUTDIAL_${name}_URL`]: receiver.url, [`OUTDIAL_${name}_SECRET`]: SECRET }];
}

const received = new WeakMap<StartedWorld, Receiver>();
const eventOf = async (world: StartedWorld, type: string) => {
  const receiver = received.get(world);
  await receiver?.arrived(1);
  const events = receiver?.received.map(({ body }) => JSON.parse(body) as { type: string; data: object }) ?? [];
  const found = events.find((event) => event.type === type);
  if (found === undefined) throw new Error(`no ${type} arrived`);
  return found;
};
/** The names of an object's fields and of those below it, in the order of the alphabet. */
const fieldsOf = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? typeof value
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => [name, fieldsOf(member)]),
      );
/** Field names of a text that shows an object's form. */
const namesIn = (text: string) => [...text.matchAll(/"([a-z_]+)"(?=[:,? }])/g)].map(([, name]) => name);
const namesOf = (value: unknown): string[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) => [
        name,
        ...(Array.isArray(member) ? namesOf(member[0]) : namesOf(member)),
      ]);

/** Documents that are not followed yet. */
export const LEFT: readonly string[] = [
  "README.md",
  "docs/campaigns.md",
  "docs/cli.md",
  "docs/compliance.md",
  "docs/contacts.md",
  "docs/conversion.md",
  "docs/dialer-settings.md",
  "docs/failover.md",
  "docs/outcomes.md",
  "docs/sandbox.md",
  "docs/sdk.md",
  "docs/service.md",
  "docs/simulate.md",
];

/** Every document with a fence that is not a diagram. */
export const PAGES: Readonly<Record<string, Page>> = {
  "docs/cli.md": {},
  "docs/demo.md": {},
  "docs/profiles.md": {},
  "docs/rule-packs.md": {},
  "docs/simulation.md": {},
  "README.md": {
    has: {
      "calls.csv": CALLS,
      "settings.yaml": SETTINGS,
      "corrections.csv": CORRECTIONS,
      "questions.ndjson": QUESTIONS,
      "contacts.csv": CONTACTS,
      "examples/simulation.yaml": QUICK,
    },
    environment: { BI_WEBHOOK_SECRET: SECRET, CXONE_ACCESS_KEY_ID: "x", CXONE_ACCESS_KEY_SECRET: "y" },
    stands: { JOB: newestJob },
    asks: ["dialer apply"],
    ends: { "tag calls.csv": 4 },
  },
  "docs/audit.md": {
    before: async (world) => {
      await world.run(["tag", "--call", "call_000001", "--code", "DISP_001", "--campaign", "camp_primary_001"]);
    },
  },
  "docs/campaigns.md": {
    asks: ["campaign apply", "campaign resume"],
    byHand: {
      "campaign plan campaigns": async (world) => {
        const file = join(world.folder, "campaigns/spring-renewals.yaml");
        const text = await readFile(file, "utf8");
        if (!text.includes("callRate: 18")) await writeFile(file, text.replace("callRate: 12", "callRate: 18"));
      },
    },
    stopped: { "--watch": /camp_primary_001/ },
  },
  "docs/compliance.md": {
    has: {
      ...Object.fromEntries(
        ["us-registry.txt", "own-list.csv", "consent.csv", "calls.ndjson", "contacts.csv", "overlay.yaml"].map((name) => [
          name,
          { of: `examples/compliance/${name}` },
        ]),
      ),
      "questions.ndjson": QUESTIONS,
      "mine.yaml": { of: "examples/compliance/overlay.yaml" },
      "customers.csv": "number,kind,at\n+12125550150,purchase,2026-03-01\n",
      "rnd.csv": "number,queried_on\n+12125550150,2026-06-01\n",
      "lines.csv": "number,type\n+12125550150,mobile\n",
      "us.txt": { of: "examples/compliance/us-registry.txt" },
      "indiana.txt": "317,5550150\n",
    },
  },
  "docs/contacts.md": { before: loadRegistries },
  "docs/conversion.md": {
    files: {
      "outcome map": async (text, world) => {
        await writeFile(join(world.folder, "map.yaml"), text);
        const { code, stderr } = await world.run([
          "outcomes",
          "report",
          "--campaign",
          "camp_primary_001",
          "--last",
          "7d",
          "--map",
          "map.yaml",
        ]);
        expect({ code, stderr }).toMatchObject({ code: 0 });
      },
      "data of OUTCOMES_RETRIEVED": async (text, world) => {
        const { data } = await eventOf(world, "OUTCOMES_RETRIEVED");
        expect(new Set(namesOf(data))).toEqual(new Set(namesIn(text)));
      },
      "batch of records": () => undefined,
    },
    before: async (world, stack) => {
      const [receiver, shell] = await receive("CRM", stack);
      received.set(world, receiver);
      return shell;
    },
  },
  "docs/dialer-settings.md": { asks: ["dialer apply"] },
  "docs/events.md": {
    environment: { BI_WEBHOOK_SECRET: SECRET, BI_TOKEN: "x" },
    before: async (world, stack) => {
      const [receiver, shell] = await receive("BI", stack);
      received.set(world, receiver);
      const tag = [
        "tag",
        "--call",
        "call_000001",
        "--code",
        "DISP_003",
        "--reason",
        "REASON_005",
        "--campaign",
        "camp_primary_001",
      ];
      expect(await world.run(tag, { env: { ...world.environment, ...shell } })).toMatchObject({ code: 0 });
      return shell;
    },
    files: {
      event: async (text, world) => {
        expect(fieldsOf(JSON.parse(text))).toEqual(fieldsOf(await eventOf(world, "DISPOSITION_ASSIGNED")));
      },
    },
    stopped: { "outdial serve": /serves|http:/ },
  },
  "docs/failover.md": {
    environment: { OUTDIAL_ALARMS_URL: "http://127.0.0.1:9/alarms", OUTDIAL_ALARMS_SECRET: SECRET },
    stopped: { "failover watch": /camp_primary_001/ },
  },
  "docs/interactions.md": {
    has: { "corrections.csv": CORRECTIONS },
    before: async (world, stack) => {
      const [receiver, shell] = await receive("ANALYTICS", stack);
      received.set(world, receiver);
      return shell;
    },
    files: {
      "data of DISPOSITION_UPDATED": async (text, world) => {
        expect(fieldsOf(JSON.parse(text))).toEqual(fieldsOf((await eventOf(world, "DISPOSITION_UPDATED")).data));
      },
    },
  },
  "docs/outcomes.md": { stopped: { "--every": /call|next/ } },
  "docs/sandbox.md": { after: "await tenant.close();\nawait sandbox.close();" },
  "docs/sdk.md": { after: "if (typeof tenant !== 'undefined') await tenant.close();" },
  "docs/service.md": {},
  "docs/simulate.md": { has: { "examples/simulation.yaml": QUICK } },
};
