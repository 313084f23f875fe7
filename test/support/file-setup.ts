// Loaded before each file of tests: how long a test of its suite may take, and a note for the run's report of the processor time that its process takes
// meanwhile; what people read is held.

import { join } from "node:path";
import { afterAll, expect, vi } from "vitest";
import { holdFetch } from "./messages.ts";
import { processorMs } from "./processor.ts";
import { noteStatements } from "./statements.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Processor time of the file's process and of what it started and saw end, ms. */
    processorMs?: number;
  }
}

const ROOT = join(import.meta.dirname, "../..");
/** Longest a test or a hook of a suite may take, ms; only a failure takes so long. */
const LONGEST: Readonly<Record<string, number>> = {
  src: 60_000,
  studies: 60_000,
  "test/integration": 180_000,
  "test/browser": 300_000,
  "test/chaos": 900_000,
};

const { testPath = "" } = expect.getState();
const [, longest] = Object.entries(LONGEST).find(([folder]) => testPath.startsWith(join(ROOT, folder))) ?? [];
if (longest === undefined) throw new Error(`${testPath} belongs to no suite`);
vi.setConfig({ testTimeout: longest, hookTimeout: longest });

holdFetch();
noteStatements();

const before = processorMs();
// oxlint-disable-next-line no-empty-pattern -- vitest wants to see which fixtures a hook asks for
afterAll(({}, file) => {
  file.meta.processorMs = processorMs() - before;
});
