// What the readers of several documents have, know and do.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { parse, stringify } from "yaml";
import { createRandom } from "../../../src/kernel/index.ts";
import { defaultScenario } from "../../../src/sandbox/index.ts";
import { beginCli } from "../../support/cli.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import type { StartedWorld } from "../../support/world.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const INTERACTION = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
export const CALLS =
  "call_id,disposition_code_id,reason_code_id\ncall_000001,DISP_003,REASON_005\ncall_000002,DISP_005,REASON_010\ncall_000003,DISP_9,\n";
export const CORRECTIONS = `interaction_id,code,agent_id,timestamp\n${INTERACTION},101,agent_xyz_123,2026-05-01T10:00:00Z\n`;
export const QUESTIONS = '{"id":"q1","number":"+12125550123","at":"2026-06-16T15:00:00Z","callType":"telemarketing"}\n';
export const SETTINGS = { of: "examples/dialer-settings.yaml" };
export const newestJob = async (world: StartedWorld) => {
  const { stdout } = await world.run(["jobs", "list", "--json"]);
  return (JSON.parse(stdout) as { items: { id: string }[] }).items[0]?.id ?? "";
};

/** A small campaign instead of the example, which takes seconds. */
export const QUICK = "agents: 3\nduration: 10m\npacing: { strategy: ratio, ratio: 2 }\n";

/** The registries that calls in the United States need. */
export async function loadRegistries(world: StartedWorld): Promise<void> {
  await writeFile(join(world.folder, "registry.txt"), "2125550199\n");
  for (const list of ["US", ..."CO FL IN LA MA MO OK PA TN TX WY".split(" ").map((state) => `US-${state}`)]) {
    const load = [
      "dnc",
      "import",
      "registry.txt",
      "--list",
      "national",
      "--covers",
      "all",
      "--registry",
      list,
      "--as-of",
      "2026-06-10",
    ];
    expect(await world.run(load)).toMatchObject({ code: 0 });
  }
}

/** A receiver of events that is there. @returns the shell's variables for it */
export async function receive(
  name: "BI" | "ANALYTICS" | "CRM",
  stack: AsyncDisposableStack,
): Promise<[Receiver, Record<string, string>]> {
  const receiver = await startReceiver(SECRET);
  stack.defer(() => receiver.close());
  return [receiver, { [`OUTDIAL_${name}_URL`]: receiver.url, [`OUTDIAL_${name}_SECRET`]: SECRET }];
}

export const received = new WeakMap<StartedWorld, Receiver>();
export const eventOf = async (world: StartedWorld, type: string) => {
  const receiver = received.get(world);
  await receiver?.arrived(1);
  const events = receiver?.received.map(({ body }) => JSON.parse(body) as { type: string; data: object }) ?? [];
  const found = events.find((event) => event.type === type);
  if (found === undefined) throw new Error(`no ${type} arrived`);
  return found;
};
/** The names of an object's fields and of those below it, in the order of the alphabet. */
export const fieldsOf = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? typeof value
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => [name, fieldsOf(member)]),
      );
/** Field names of a text that shows an object's form. */
export const namesIn = (text: string) => [...text.matchAll(/"([a-z_]+)"(?=[:,? }])/g)].map(([, name]) => name);
export const namesOf = (value: unknown): string[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) => [
        name,
        ...(Array.isArray(member) ? namesOf(member[0]) : namesOf(member)),
      ]);

/** A list that is read in seconds. */
export const FEW_CONTACTS = {
  ...defaultScenario(),
  contactLists: [{ id: "list_12345", generate: { count: 300, consentRate: 0.8 } }],
};

/** A tenant whose list is read in seconds, and whose calls end soon after a pause. */
export const SHORT_TALKS = {
  ...defaultScenario(),
  contactLists: defaultScenario().contactLists.map(({ generate, ...list }) => ({
    ...list,
    generate: { ...generate, count: 300 },
    talk: 5,
    wrap: 1,
  })),
};

/** A pair whose campaigns call different people. */
export const TWO_LISTS = {
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
export function daysOfCalls(): string {
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
export async function sized(folder: string, more: { readonly agents: number; readonly duration: string }): Promise<void> {
  const fitted = parse(await readFile(join(folder, "today.yaml"), "utf8")) as object;
  const pacings = { today: { strategy: "ratio", ratio: 2 }, "state-aware": { strategy: "state-aware" } };
  for (const [name, pacing] of Object.entries(pacings))
    await writeFile(join(folder, `${name}.yaml`), stringify({ ...fitted, ...more, pacing }));
}

/** What curl would do, as far as the documents use it. */
export async function curl(words: readonly string[], world: StartedWorld): Promise<string> {
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
export const readyLine =
  (...more: readonly string[]) =>
  async (text: string, world: StartedWorld) => {
    const running = beginCli(["sandbox", ...more], { cwd: world.folder, env: world.environment });
    await expect.poll(() => running.stdout()).toContain("\n");
    running.interrupt();
    const { stdout } = await running.ended;
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(Object.keys(JSON.parse(text) as object));
  };
