// A tenant with closed interactions, a database, and the environment that a command needs for both.

import { expect } from "vitest";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import { NO_ANALYTICS, type StartedWorld, startWorld } from "../../support/world.ts";

export const TIME = "2026-05-01T10:00:00Z";

export interface Entry {
  readonly code: string;
  readonly description: string;
  readonly agent_id: string;
  readonly timestamp: string;
  readonly source: string;
}

export interface World extends StartedWorld {
  /** What the tenant stores now, asked of its own front door. */
  stored(id: string): Promise<{ readonly dispositions: readonly Entry[]; readonly etag: string }>;
  /** Another system writes, under its own client and the version it names. @returns whether it was in time */
  patch(id: string, etag: string, dispositions: readonly Entry[]): Promise<boolean>;
}

/** The entry of a first agent that every interaction has. */
export const FIRST: Entry = {
  code: "102",
  description: "Issue Escalated",
  agent_id: "agent_first",
  timestamp: "2026-04-30T09:00:00Z",
  source: "agent",
};

export function interactionId(n: number): string {
  return `interaction-${String(n).padStart(4, "0")}`;
}

/** A tenant's interactions `interaction-0001…`; one more, `elsewhere`, belongs to another organization. */
export function interactionsScenario(count: number, seed = 11): Record<string, unknown> {
  return {
    seed,
    clients: ["client-1", "client-2"].map((id) => ({
      id,
      secret: `s3cret-of-${id}`,
      scopes: ["interactions:write", "dispositions:read"],
    })),
    dispositions: [
      { code: "100", description: "Resolution" },
      { code: "101", description: "Issue Resolved", parent: "100" },
      { code: "102", description: "Issue Escalated", parent: "100" },
      { code: "103", description: "Old Way", active: false },
      { code: "104", description: "Under an old way", parent: "103" },
      { code: "201", description: "Follow-up Needed" },
    ],
    interactions: [
      ...Array.from({ length: count }, (_, n) => ({ id: interactionId(n + 1), dispositions: [FIRST] })),
      { id: "elsewhere", organization: "another-org", dispositions: [] },
    ],
    limits: { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" },
  };
}

/** Starts one. @param count interactions of the tenant */
export async function openWorld(count = 5, seed = 11): Promise<World> {
  const scenario = interactionsScenario(count, seed);
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await startWorld({ sandbox: { scenario }, environment: NO_ANALYTICS }));
  const { sandbox, url } = world;
  const authorization = await authorizationOf(url);
  const owned = stack.move();
  return {
    ...world,
    stored: (id) => storedOf(sandbox, url, authorization, id),
    async patch(id, etag, dispositions) {
      const headers = { authorization, "content-type": "application/json", "if-match": etag };
      const body = JSON.stringify({ dispositions });
      const request = new Request(`${url}/api/v1/interactions/${id}`, { method: "PATCH", headers, body });
      return (await sandbox.fetch(request)).status === 200;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function storedOf(sandbox: Sandbox, url: string, authorization: string, id: string) {
  const reply = await sandbox.fetch(new Request(`${url}/api/v1/interactions/${id}`, { headers: { authorization } }));
  const body = (await reply.json()) as { dispositions: Entry[] };
  return { dispositions: body.dispositions, etag: reply.headers.get("etag") ?? "" };
}

const authorizationOf = async (url: string) => `Bearer ${await tokenOf(url, "client-2", "s3cret-of-client-2")}`;

/** Each row is a success of the ledger, one entry of audit log and outbox, and one entry at the tenant behind the one that was there. */
export async function expectEachOnce(
  { sandbox, url, query }: Pick<StartedWorld, "sandbox" | "url" | "query">,
  rows: readonly { readonly id: string; readonly agent: string }[],
): Promise<void> {
  const items = await query("select result from outdial.job_items");
  expect(items.map(({ result }) => result)).toEqual(rows.map(() => "success"));
  const audit = await query<{ subject: string; agent: string; before: readonly Entry[]; after: readonly Entry[] }>(
    `select subject, details::json->>'agent' as agent, details::json->'before' as before, details::json->'after' as after
     from outdial.audit where action = 'interaction.disposition' and details::json->>'result' = 'success'`,
  );
  const wanted = rows.map(({ id, agent }) => `${id} ${agent}`).sort();
  expect(audit.map(({ subject, agent }) => `${subject} ${agent}`).sort()).toEqual(wanted);
  const agentsOf = (list: readonly Entry[]) => list.map(({ agent_id }) => agent_id);
  for (const { before, after, agent } of audit) {
    expect(agentsOf(before)).not.toContain(agent);
    expect(agentsOf(after)).toContain(agent);
  }
  const events = await query<{ body: string }>("select body from outdial.outbox");
  const told = events.map(({ body }) => (JSON.parse(body) as { data: { interaction_id: string; agent_id: string } }).data);
  expect(told.map(({ interaction_id, agent_id }) => `${interaction_id} ${agent_id}`).sort()).toEqual(wanted);
  const authorization = await authorizationOf(url);
  for (const id of new Set(rows.map((row) => row.id))) {
    const { dispositions } = await storedOf(sandbox, url, authorization, id);
    const agents = rows.filter((row) => row.id === id).map(({ agent }) => agent);
    expect(agentsOf(dispositions).sort()).toEqual([FIRST.agent_id, ...agents].sort());
  }
}

async function tokenOf(url: string, clientId: string, clientSecret: string): Promise<string> {
  const reply = await fetch(`${url}/oauth/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}
