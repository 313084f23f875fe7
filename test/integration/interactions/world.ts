// A tenant with closed interactions, a database, and the environment that a command needs for both.

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

/** Starts one. @param count interactions `interaction-0001…`; one more, `elsewhere`, belongs to another organization */
export async function openWorld(count = 5, seed = 11): Promise<World> {
  const scenario = {
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
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await startWorld({ sandbox: { scenario }, environment: NO_ANALYTICS }));
  const { sandbox, url } = world;
  const authorization = `Bearer ${await tokenOf(url, "client-2", "s3cret-of-client-2")}`;
  const owned = stack.move();
  return {
    ...world,
    async stored(id) {
      const reply = await sandbox.fetch(new Request(`${url}/api/v1/interactions/${id}`, { headers: { authorization } }));
      const body = (await reply.json()) as { dispositions: Entry[] };
      return { dispositions: body.dispositions, etag: reply.headers.get("etag") ?? "" };
    },
    async patch(id, etag, dispositions) {
      const headers = { authorization, "content-type": "application/json", "if-match": etag };
      const body = JSON.stringify({ dispositions });
      const request = new Request(`${url}/api/v1/interactions/${id}`, { method: "PATCH", headers, body });
      return (await sandbox.fetch(request)).status === 200;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
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
