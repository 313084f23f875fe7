// Ids of campaigns and jobs that the store knows, for command-line completion: fast, and without asking the tenant.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { storeIfAny } from "./store-of-config.ts";

/** How long the result is reused, ms: people press the key several times. */
const GOOD_MS = 30_000;
const JOBS = 50;
const FILE = "completion.json";

const entry = z.object({ id: z.string(), words: z.string() });
const kept = z.object({ at: z.number(), campaign: z.array(entry), job: z.array(entry) });

/** An id, and what it names. */
export type KnownId = z.output<typeof entry>;

/** Empty when there is no store. Throws StoreError when it does not answer. */
export async function knownIds(kind: "campaign" | "job", flags: Flags, environment: Environment): Promise<readonly KnownId[]> {
  const config = await loadConfig(flags, environment);
  const path = join(config.dir, FILE);
  const now = config.clock.now();
  const before = kept.safeParse(await readFile(path, "utf8").then(JSON.parse, () => undefined));
  if (before.success && before.data.at <= now && now - before.data.at < GOOD_MS) return before.data[kind];
  const store = await storeIfAny(config, environment);
  if (store === undefined) return [];
  try {
    const [campaigns, jobs] = await Promise.all([store.knownCampaigns.list(), store.jobs.listJobs({ limit: JOBS })]);
    const found = {
      at: now,
      campaign: campaigns.map(({ id, name, status }) => ({ id, words: `${name} · ${status}` })),
      job: jobs.map(({ id, kind: what, status, sourceName }) => ({ id, words: `${what} · ${status} · ${sourceName}` })),
    };
    await writeFile(path, JSON.stringify(found), { mode: 0o600 }).catch(() => undefined);
    return found[kind];
  } finally {
    await store.close();
  }
}
