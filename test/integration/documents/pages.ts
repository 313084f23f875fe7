// What the readers of the documents have besides the text: files of their own, answers to questions, values for placeholders.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Page } from "./page.ts";
import {
  CALLS,
  CORRECTIONS,
  curl,
  daysOfCalls,
  eventOf,
  FEW_CONTACTS,
  fieldsOf,
  loadRegistries,
  namesIn,
  namesOf,
  newestJob,
  QUESTIONS,
  QUICK,
  readyLine,
  receive,
  received,
  SECRET,
  SETTINGS,
  SHORT_TALKS,
  sized,
  TWO_LISTS,
} from "./reader.ts";

/** Every document with a fence that is not a diagram. */
export const PAGES: Readonly<Record<string, Page>> = {
  "README.md": {
    // Quicker than the files of the package; all others are those.
    has: { "examples/calls.csv": CALLS, "examples/simulation.yaml": QUICK },
    environment: { BI_WEBHOOK_SECRET: SECRET, CXONE_ACCESS_KEY_ID: "x", CXONE_ACCESS_KEY_SECRET: "y" },
    today: true,
    stands: { JOB: newestJob },
    asks: ["dialer apply"],
    stopped: { "--guard": /in force, figures watched/ },
    adds: { "--optimise": ["--replications", "2"], "--what-if": ["--replications", "2"] },
    // Whether the tenant's own counter counts all of these calls depends on the minute.
    ends: { "tag examples/calls.csv": 4, "outcomes verify": [0, 4] },
  },
  "docs/audit.md": {
    before: async (world) => {
      await world.run(["tag", "--call", "call_000001", "--code", "DISP_001", "--campaign", "camp_primary_001"]);
    },
  },
  "docs/backup.md": {},
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
      "changes.txt": "212,5550151,2026-06-12,D\n212,5550152,2026-06-13,A\n",
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
  "docs/database.md": {},
  "docs/demo.md": {},
  "docs/deploy.md": {},
  "docs/dialer-settings.md": {
    has: { "examples/dialer-settings.yaml": SETTINGS },
    asks: ["dialer apply"],
  },
  "docs/events.md": {
    environment: { BI_WEBHOOK_SECRET: SECRET, BI_TOKEN: "x", ALARMS_CHAT_URL: "https://chat.example.com/x" },
    // There are not so many deliveries here.
    ends: { "webhooks show 120": 1 },
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
    // Nothing else has counted these calls.
    ends: { "outcomes verify": [0, 4] },
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
