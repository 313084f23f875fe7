// A sandbox with lists of contacts, a store with a do-not-call registry, and the command line over both.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxOptions } from "../../../src/sandbox/index.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

/** A Tuesday, 13:00 in New York and 10:00 in Los Angeles. */
export const OPEN = "2026-06-16T17:00:00Z";
/** 04:00 in New York. */
export const NIGHT = "2026-06-16T08:00:00Z";

/** @param registry false leaves the store without a do-not-call registry */
export async function campaignWorld(options: SandboxOptions, registry = true): Promise<StartedWorld> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await startWorld({ sandbox: options }));
  if (registry) {
    await writeFile(join(world.folder, "registry.txt"), "2125550199\n");
    const loaded = await world.run([
      "dnc",
      "import",
      "registry.txt",
      "--list",
      "national",
      "--covers",
      "all",
      "--as-of",
      "2026-06-10",
    ]);
    if (loaded.code !== 0) throw new Error(`the registry was not loaded: ${loaded.stderr}`);
  }
  const owned = stack.move();
  return { ...world, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
