// A sandbox on a socket, a database and a folder of a test's own, and the runtime that retrieves from one into the others.

import { type OutcomesRuntime, openOutcomes } from "../../../src/app/index.ts";
import type { SandboxOptions } from "../../../src/sandbox/index.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

export interface World extends StartedWorld {
  /** Opens the runtime as one process would; gone with the world at the latest. */
  open(options?: Partial<Parameters<typeof openOutcomes>[2]>): Promise<OutcomesRuntime>;
  /** How many listings the sandbox has answered. */
  listings(): number;
}

export async function openWorld(
  scenario: unknown,
  options: SandboxOptions = {},
  profile: "rest" | "acd" = "rest",
): Promise<World> {
  const world = await startWorld({ sandbox: { scenario, ...options }, profile });
  const listing = profile === "acd" ? "acd.listCompleted" : "listCalls";
  const { sandbox, environment } = world;
  return {
    ...world,
    async open(more = {}) {
      const runtime = await openOutcomes({}, environment, { warn: () => undefined, limits: "off", deliver: false, ...more });
      // DBOS is one of the process: whoever opens a second one closes the first before.
      return runtime;
    },
    listings: () => sandbox.control.requests({ operation: listing, limit: 1_000_000 }).length,
  };
}
