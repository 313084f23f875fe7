// Suites: unit (beside the code, no I/O beyond loopback), integration (PostgreSQL, sandbox, the command line), browser (the dashboard in Chromium),
// chaos (kill -9, faults, fuzz). TEST_SCALE says how much of each (test/support/scale.ts).

import { randomInt } from "node:crypto";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

process.env["TEST_SEED"] ??= String(randomInt(2 ** 31));
process.env["TEST_SCALE"] ??= "0.02";
// Compiled code is shared by the workers and the programs that tests start: the folder that bin/outdial.mjs takes by default.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");

/** Many files wait more than they compute (processes that start, a tenant's time): more of them at once than there are processors. */
const WORKERS = Math.min(8, 2 * availableParallelism());

/** Begun first, so that the run does not end with one of them alone. */
const LONGEST = [
  "test/integration/campaigns/stop-evidence.test.ts",
  "test/integration/service/database-loss.test.ts",
  "test/chaos/stop-races.test.ts",
  "test/chaos/stop-truth.test.ts",
  "test/browser/walk.test.ts",
  "test/chaos/emergency-stop.test.ts",
  "test/chaos/services.test.ts",
  "test/integration/service/campaign-files.test.ts",
  "test/browser/actions.test.ts",
  "test/browser/ticking.test.ts",
  "test/browser/leaks.test.ts",
  "test/integration/cli/package.test.ts",
  "test/integration/store/embedded.test.ts",
  "test/browser/pages.test.ts",
];

/** The one with the shortest files comes last. */
const SUITES = ["test/chaos/", "test/browser/", "test/integration/", "src/"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return place >= 0 ? place : LONGEST.length + SUITES.findIndex((folder) => moduleId.includes(`/${folder}`));
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const project = (name: string, include: string[], more: object) => ({
  // As vite.config.ts has it for the pages.
  oxc: { jsx: { runtime: "automatic" as const, importSource: "preact" } },
  test: {
    name,
    include,
    maxWorkers: WORKERS,
    // A file leaves nothing behind in its process, so the next one finds the code loaded.
    isolate: false,
    setupFiles: ["test/support/file-setup.ts"],
    // What is waited for is a fact; how long that takes says how busy the machine is.
    expect: { poll: { timeout: 60_000 } },
    ...more,
  },
});

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/reporter.ts"],
    sequence: { sequencer: LongestFirst },
    projects: [
      // Node strips the types itself; only the dashboard's components (.tsx, in the unit suite) need Vite.
      project("unit", ["src/**/*.test.ts", "studies/*.test.ts"], { experimental: { viteModuleRunner: true, nodeLoader: false } }),
      // One project, so that a process goes from suite to suite and loads the code once.
      project("whole", ["test/{integration,browser,chaos}/**/*.test.ts"], {
        experimental: { viteModuleRunner: false, nodeLoader: false },
        globalSetup: ["test/support/postgres-setup.ts", "test/support/pages-setup.ts", "test/support/programs-setup.ts"],
      }),
    ],
  },
});
