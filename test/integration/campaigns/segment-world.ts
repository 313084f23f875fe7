// A sandbox with lists of contacts, a store with a do-not-call registry, and the command line over both.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox, SandboxOptions } from "../../../src/sandbox/index.ts";
import { type CliOptions, type CliResult, runCli, workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { startSandbox } from "../../support/sandbox.ts";

/** A Tuesday, 13:00 in New York and 10:00 in Los Angeles. */
export const OPEN = "2026-06-16T17:00:00Z";
/** 04:00 in New York. */
export const NIGHT = "2026-06-16T08:00:00Z";

export interface CampaignWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly databaseUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
}

/** @param registry false leaves the store without a do-not-call registry */
export async function campaignWorld(options: SandboxOptions, registry = true): Promise<CampaignWorld> {
  await using stack = new AsyncDisposableStack();
  const { sandbox, url, clientId, clientSecret } = stack.use(await startSandbox(options));
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const folder = stack.use(await workFolder());
  const environment = {
    DATABASE_URL: database.url,
    OUTDIAL_TENANT_URL: url,
    CXONE_CLIENT_ID: clientId,
    CXONE_CLIENT_SECRET: clientSecret,
  };
  const run: CampaignWorld["run"] = (args, more) => runCli(args, { cwd: folder.path, env: environment, ...more });
  if (registry) {
    await writeFile(join(folder.path, "registry.txt"), "2125550199\n");
    const loaded = await run(["dnc", "import", "registry.txt", "--list", "national", "--as-of", "2026-06-10"]);
    if (loaded.code !== 0) throw new Error(`the registry was not loaded: ${loaded.stderr}`);
  }
  const owned = stack.move();
  return {
    sandbox,
    folder: folder.path,
    databaseUrl: database.url,
    environment,
    run,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
