// A sandbox on a socket, a database and a folder of a test's own, and the runtime that retrieves from one into the others.

import { join } from "node:path";
import { type OutcomesRuntime, openOutcomes } from "../../../src/app/index.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/index.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";

export interface World extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** Opens the runtime as one process would; gone with the world at the latest. */
  open(options?: Partial<Parameters<typeof openOutcomes>[2]>): Promise<OutcomesRuntime>;
  /** How many listings the sandbox has answered. */
  listings(): number;
}

export async function openWorld(scenario: unknown, options: SandboxOptions = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const sandbox = createSandbox({ scenario, ...options });
  stack.defer(() => sandbox.close());
  const { url } = await sandbox.listen();
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const folder = stack.use(await workFolder());
  const environment = {
    DATABASE_URL: database.url,
    CXONE_CLIENT_ID: sandbox.ready.clientId,
    CXONE_CLIENT_SECRET: sandbox.ready.clientSecret,
    OUTDIAL_TENANT_URL: url,
    OUTDIAL_DIR: join(folder.path, ".outdial"),
  };
  const owned = stack.move();
  return {
    sandbox,
    url,
    folder: folder.path,
    environment,
    async open(more = {}) {
      const runtime = await openOutcomes({}, environment, { warn: () => undefined, limits: "off", deliver: false, ...more });
      // DBOS is one of the process: whoever opens a second one closes the first before.
      return runtime;
    },
    listings: () => sandbox.control.requests({ operation: "listCalls", limit: 1_000_000 }).length,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
