// What the readers of the documents have besides the text: files of their own, answers to questions, values for placeholders.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { parse, stringify } from "yaml";
import { createRandom } from "../../../src/kernel/index.ts";
import { defaultScenario } from "../../../src/sandbox/index.ts";
import { beginCli } from "../../support/cli.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import type { StartedWorld } from "../../support/world.ts";

export interface Page {
  /** Files in the reader's folder: their text, or a file of this repository. */
  readonly has?: Readonly<Record<string, string | { readonly of: string }>>;
  /** Scenario of the tenant; its default world otherwise. */
  readonly scenario?: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** Read at the present: for what compares this machine's clock with the tenant's. By default on a Tuesday in June. */
  readonly today?: true;
  /** What happened before, and what it left in the shell. */
  readonly before?: (world: StartedWorld, stack: AsyncDisposableStack) => Promise<Readonly<Record<string, string>> | void>;
  /** What the reader does by hand before a command, by what the command contains. */
  readonly byHand?: Readonly<Record<string, (world: StartedWorld) => Promise<void>>>;
  /** Exit codes of commands that end with another one than 0, by what they contain. */
  readonly ends?: Readonly<Record<string, number>>;
  /** Commands that go on until they are stopped, and what they have said by then. */
  readonly stopped?: Readonly<Record<string, RegExp>>;
  /** Commands that wait for minutes: time passes faster for them and for the tenant. */
  readonly hastened?: readonly string[];
  /** Options that are added to a command, by what it contains. */
  readonly adds?: Readonly<Record<string, readonly string[]>>;
  /** Commands that go on, once they have said this, until the document ends. */
  readonly stays?: Readonly<Record<string, RegExp>>;
  /** Variables that the reader sets from what a command said, by what it contains; the first group is the value. */
  readonly learns?: Readonly<Record<string, readonly [variable: string, from: RegExp]>>;
  /** What a command says besides what the document shows, by what it contains: numbers count. */
  readonly says?: Readonly<Record<string, RegExp>>;
  /** Commands that ask; the answer is yes. */
  readonly asks?: readonly string[];
  /** What stands for words, such as JOB. */
  readonly stands?: Readonly<Record<string, (world: StartedWorld) => Promise<string>>>;
  /** Other programs than outdial. @returns what they say */
  readonly others?: Readonly<
    Record<
      string,
      (words: readonly string[], world: StartedWorld, shell: Readonly<Record<string, string>>) => string | Promise<string>
    >
  >;
  /** What reads the files that are shown, by kind; throws for one that does not hold. */
  readonly files?: Readonly<
    Record<string, (text: string, world: StartedWorld, shell: Readonly<Record<string, string>>) => void | Promise<void>>
  >;
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
const QUICK = "agents: 3\nduration: 10m\npacing: { strategy: ratio, ratio: 2 }\n";

/** The registries that calls in the United States need. */
async function loadRegistries(world: StartedWorld): Promise<void> {
  await writeFile(join(world.folder, "registry.txt"), "2125550199\n");
  for (const list of ["US", ..."CO FL IN LA MA MO OK PA TN TX WY".split(" ").map((state) => `US-${state}`)]) {
    const load = ["dnc", "import", "registry.txt", "--list", "national", "--registry", list, "--as-of", "2026-06-10"];
    expect(await world.run(load)).toMatchObject({ code: 0 });
  }
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

/** A list that is read in seconds. */
const FEW_CONTACTS = { ...defaultScenario(), contactLists: [{ id: "list_12345", generate: { count: 300, consentRate: 0.8 } }] };

/** A tenant whose list is read in seconds, and whose calls end soon after a pause. */
const SHORT_TALKS = {
  ...defaultScenario(),
  contactLists: defaultScenario().contactLists.map(({ generate, ...list }) => ({
    ...list,
    generate: { ...generate, count: 300 },
    talk: 5,
    wrap: 1,
  })),
};

/** A pair whose campaigns call different people. */
const TWO_LISTS = {
  ...FEW_CONTACTS,
  contactLists: ["list_12345", "list_67890"].map((id, i) => ({
    id,
    contacts: [{ id: `${id}-1`, phoneNumber: `+1212555012${i}` }],
  })),
  campaigns: FEW_CONTACTS.campaigns.map((campaign) =>
    campaign.id === "camp_backup_001" ? { ...campaign, contactListId: "list_67890" } : campaign,
  ),
};

/** Twelve days of calls, as a dialer writes them down. */
function daysOfCalls(): string {
  const random = createRandom("1", "calls of a document");
  const spread = (mean: number, cv: number) => {
    const sigma = Math.sqrt(Math.log(1 + cv * cv));
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return (mean * Math.exp(sigma * normal - (sigma * sigma) / 2)).toFixed(1);
  };
  const rows = Array.from({ length: 4800 }, (_, i) => {
    const at = new Date(Date.UTC(2026, 2, 2 + Math.floor(i / 400), 14, 0, (i % 400) * 80)).toISOString();
    const kind = random.next();
    if (kind < 0.2) return `${at},live,${spread(8.5, 0.47)},${spread(155, 1.1)},${spread(20, 0.5)},false`;
    return `${at},${kind < 0.48 ? "machine" : kind < 0.94 ? "no answer" : "busy"},${kind < 0.48 ? "20.0" : "25.0"},,,`;
  });
  return `started_at,outcome,ring_seconds,talk_seconds,wrap_seconds,abandoned\n${rows.join("\n")}\n`;
}

/** Completes the fitted scenario by what calls do not tell, for two rules. */
async function sized(folder: string, more: { readonly agents: number; readonly duration: string }): Promise<void> {
  const fitted = parse(await readFile(join(folder, "today.yaml"), "utf8")) as object;
  const pacings = { today: { strategy: "ratio", ratio: 2 }, "state-aware": { strategy: "state-aware" } };
  for (const [name, pacing] of Object.entries(pacings))
    await writeFile(join(folder, `${name}.yaml`), stringify({ ...fitted, ...more, pacing }));
}

/** What curl would do, as far as the documents use it. */
async function curl(words: readonly string[], world: StartedWorld): Promise<string> {
  const headers: [string, string][] = [];
  let [method, url, body]: [string | undefined, string, string | undefined] = [undefined, "", undefined];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-H") headers.push((rest.shift() ?? "").split(/: (.*)/s, 2) as [string, string]);
    else if (word === "-X") method = rest.shift();
    else if (word === "-d") body = rest.shift() ?? "";
    else if (word === "--data-binary") body = await readFile(join(world.folder, (rest.shift() ?? "").replace(/^@/, "")), "utf8");
    else url = word;
  }
  const answer = await fetch(url, { method: method ?? (body === undefined ? "GET" : "POST"), headers, body: body ?? null });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return text;
}

/** The one line that a sandbox prints when it is ready, shown in the form of a document: the same fields, in this order. */
const readyLine =
  (...more: readonly string[]) =>
  async (text: string, world: StartedWorld) => {
    const running = beginCli(["sandbox", ...more], { cwd: world.folder, env: world.environment });
    await expect.poll(() => running.stdout()).toContain("\n");
    running.interrupt();
    const { stdout } = await running.ended;
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(Object.keys(JSON.parse(text) as object));
  };

/** Every document with a fence that is not a diagram. */
export const PAGES: Readonly<Record<string, Page>> = {
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
    today: true,
    stands: { JOB: newestJob },
    asks: ["dialer apply"],
    stopped: { "--guard": /in force; watching/ },
    adds: { "--optimise": ["--replications", "2"], "--what-if": ["--replications", "2"] },
    ends: { "tag calls.csv": 4 },
  },
  "docs/audit.md": {
    before: async (world) => {
      await world.run(["tag", "--call", "call_000001", "--code", "DISP_001", "--campaign", "camp_primary_001"]);
    },
  },
  "docs/campaigns.md": {
    scenario: SHORT_TALKS,
    before: loadRegistries,
    asks: ["campaign apply", "campaign resume"],
    hastened: ["campaign pause"],
    byHand: {
      "campaign plan campaigns": async (world) => {
        const file = join(world.folder, "campaigns/spring-renewals.yaml");
        const text = await readFile(file, "utf8");
        await writeFile(file, text.replace("callRate: 12", "callRate: 18"));
      },
    },
    stopped: { "--watch": /camp_primary_001/ },
  },
  "docs/cli.md": {
    files: {
      help: async (text, world) => {
        const [, path = ""] = /^Usage: outdial((?: [a-z-]+)*)/.exec(text) ?? [];
        const inWords = (lines: string) => lines.split(/\s+/).join(" ").trim();
        const ask = async (profile: string) => {
          const env = { ...world.environment, OUTDIAL_PROFILE: profile };
          return inWords((await world.run([...path.split(" ").slice(1), "--help"], { env })).stdout);
        };
        // A tenant's profile decides what a help offers; the reference has all of it.
        const helps = `${await ask("rest")} ${await ask("acd")}`;
        for (const entry of text.split(/\n(?= {0,2}\S)/)) expect(helps, `${path} --help`).toContain(inWords(entry));
      },
    },
  },
  "docs/compliance.md": {
    stands: {
      "https://rules.example/mine.note": async () => "mine.note",
      "publisher.pub": async () => ".outdial/audit.pub",
      "month.ndjson": async () => "week.ndjson",
    },
    says: {
      "gate contacts.csv --campaign camp_primary_001 --at 2026-06-16T14:30:00Z --reasons":
        /^6 loaded: 2 callable now, 2 do not call, 1 on the list already, 1 outside calling hours until 2026-06-16T15:00:00Z$/m,
      "verify-manifest gate.json --decisions": /verified/,
      "compliance manifests": /camp_primary_001/,
      "revocations --open": /\+12125550123/,
      "abandonment --campaign camp_primary_001 --at 2026-06-16": /abandoned: 0\.00 % \(0 of 2/,
      "pack replay monday.ndjson":
        /^(?:[^"]|"(?!change":"decision"))*(?:"change":"decision"(?:[^"]|"(?!change":"decision"))*){2}$/,
      "audit verify": /verified/,
    },
    has: {
      ...Object.fromEntries(
        ["us-registry.txt", "own-list.csv", "consent.csv", "calls.ndjson", "contacts.csv", "overlay.yaml"].map((name) => [
          name,
          { of: `examples/compliance/${name}` },
        ]),
      ),
      "questions.ndjson": QUESTIONS,
      "mine.yaml": { of: "examples/compliance/overlay.yaml" },
      "customers.csv": "number,kind,date\n+12125550150,transaction,2026-03-01\n",
      "rnd.csv": "number,queried_on\n+12125550150,2026-06-01\n",
      "lines.csv": "number,line_type,date\n+12125550150,mobile,2026-06-01\n",
      "us.txt": { of: "examples/compliance/us-registry.txt" },
      "indiana.txt": "317,5550150\n",
    },
  },
  "docs/contacts.md": { before: loadRegistries, scenario: FEW_CONTACTS },
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
        expect(namesOf(data)).toEqual(namesIn(text));
      },
      "batch of records": async (text, world, shell) => {
        const env = { ...shell, OUTDIAL_CRM_RECORDS_URL: shell["OUTDIAL_CRM_URL"] };
        expect(await world.run(["outcomes", "push", "crm", "--records"], { env })).toMatchObject({ code: 0 });
        const bodies = received.get(world)?.received.map(({ body }) => JSON.parse(body) as object) ?? [];
        const names = namesOf(bodies.find((body) => "records" in body));
        expect(namesIn(text)).toEqual(expect.arrayContaining(names));
        expect(names).toEqual(expect.arrayContaining(namesIn(text.replaceAll(/"\w+"\?/g, ""))));
      },
    },
    before: async (world, stack) => {
      const [receiver, shell] = await receive("CRM", stack);
      received.set(world, receiver);
      return shell;
    },
  },
  "docs/demo.md": {},
  "docs/dialer-settings.md": {
    has: { "examples/dialer-settings.yaml": SETTINGS },
    asks: ["dialer apply"],
  },
  "docs/events.md": {
    environment: { BI_WEBHOOK_SECRET: SECRET, BI_TOKEN: "x", ALARMS_CHAT_URL: "https://chat.example.com/x" },
    before: async (world, stack) => {
      const [receiver, shell] = await receive("BI", stack);
      received.set(world, receiver);
      const tag = "tag --call call_000001 --code DISP_003 --reason REASON_005 --campaign camp_primary_001";
      expect(await world.run(tag.split(" "), { env: { ...world.environment, ...shell } })).toMatchObject({ code: 0 });
      return shell;
    },
    files: {
      event: async (text, world) => {
        expect(fieldsOf(JSON.parse(text))).toEqual(fieldsOf(await eventOf(world, "DISPOSITION_ASSIGNED")));
      },
    },
    adds: { "outdial serve": ["--port", "0"] },
    stopped: { "outdial serve": /serves|http:/ },
  },
  "docs/failover.md": {
    environment: { OUTDIAL_ALARMS_URL: "http://127.0.0.1:9/alarms", OUTDIAL_ALARMS_SECRET: SECRET },
    today: true,
    scenario: TWO_LISTS,
    ends: { drill: 3, failback: 3 },
    stopped: { "failover watch": /decided/ },
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
  "docs/mcp.md": {
    files: {
      "assistant configuration": async (text, world) => {
        const { command, args } = (JSON.parse(text) as { mcpServers: { outdial: { command: string; args: string[] } } })
          .mcpServers.outdial;
        expect([command, args[0]]).toEqual(["npx", "outdial"]);
        await writeFile(join(world.folder, "outdial.yaml"), "{}\n");
        const here = args.slice(1).map((word) => (word.endsWith("/outdial.yaml") ? join(world.folder, "outdial.yaml") : word));
        expect(await world.run(here)).toMatchObject({ code: 0, stderr: expect.stringContaining("waiting for an assistant") });
      },
    },
    stands: { "8384": async () => "0" },
    stopped: { "mcp --http": /tools are at/ },
    ends: { "mcp --allow": 0 },
  },
  "docs/outcomes.md": {
    stopped: { "--every 15m": /call|next/, "camp_backup_001 --every": /call|next/ },
    says: { "--dry-run": /^camp_backup_001: first at .*, then every 30 min/m },
    files: {
      files: async (text, world) => {
        const badPage = { calls: [{ callId: "" }] };
        world.sandbox.control.faults.add({ match: { operation: "listCalls" }, times: 1, effect: { status: 200, body: badPage } });
        await world.run(["outcomes", "pull", "--campaign", "camp_backup_001", "--last", "2d"]);
        const files = await readdir(world.folder, { recursive: true });
        for (const line of text.split("\n")) {
          const pattern = line
            .replaceAll(/\d{4}-\d\d-\d\d/g, "…")
            .split("…")
            .map((part) => part.replaceAll(".", "\\."))
            .join("[^/]+");
          expect(files).toContainEqual(expect.stringMatching(new RegExp(`^${pattern}$`)));
        }
      },
    },
  },
  "docs/profiles.md": {},
  "docs/rule-packs.md": {},
  "docs/sandbox.md": {
    after: "await tenant.close();\nawait sandbox.close();",
    before: async ({ url }) => ({ CONTROL: `${url}/__sandbox` }),
    others: { curl },
    files: { ready: readyLine(), "ready for acd": readyLine("--profile", "acd") },
  },
  "docs/sdk.md": {
    after: "if (typeof tenant !== 'undefined') await tenant.close();",
    before: async ({ url, environment }) => ({
      TENANT_URL: url,
      CLIENT_ID: environment["CXONE_CLIENT_ID"] ?? "",
      CLIENT_SECRET: environment["CXONE_CLIENT_SECRET"] ?? "",
    }),
  },
  "docs/service.md": {
    has: { "calls.csv": CALLS },
    adds: { "outdial serve --": ["--port", "0"] },
    stopped: { "serve --open": /outdial is at/ },
    stays: { "serve --host": /outdial is at/ },
    learns: { "token add": ["TOKEN", /^(\S+)$/m], "serve --host": ["PORT", /outdial is at .*:(\d+)/] },
    others: {
      curl: (words, world, { PORT = "" }) =>
        curl(
          words.map((word) => word.replace("127.0.0.1:8383", `127.0.0.1:${PORT}`)),
          world,
        ),
    },
  },
  "docs/simulate.md": {
    has: { "examples/simulation.yaml": { of: "examples/simulation.yaml" }, "calls.csv": daysOfCalls() },
    adds: { "--optimise": ["--replications", "3"], "today.yaml --": ["--replications", "2"] },
    files: {
      calls: (text) => {
        const [header = ""] = text.split("\n");
        expect(daysOfCalls().split("\n")[0]).toBe(header);
      },
    },
    byHand: {
      "--compare": ({ folder }) => sized(folder, { agents: 16, duration: "2h" }),
      "--optimise": ({ folder }) => sized(folder, { agents: 16, duration: "30m" }),
    },
  },
  "docs/simulation.md": {},
  "docs/tenants.md": {
    environment: { OUTDIAL_TENANT_URL: "" },
    files: { tenants: (text, { folder }) => writeFile(join(folder, "outdial.yaml"), text) },
    says: { "context list": /^\s+prod\s/m, "OUTDIAL_TENANT=prod": /^name\s+prod\s+\(OUTDIAL_TENANT\)$/m },
  },
};
