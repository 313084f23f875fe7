// Signals that come while the parts of a service are still being loaded.

import { afterEach, expect, test } from "vitest";
import { processSurroundings } from "./surroundings.ts";

const { argv } = process;
afterEach(() => {
  process.argv = argv;
});

test("what is sent to a service before it can be told waits until it can", () => {
  process.argv = ["node", "outdial", "serve"];
  const { onServiceSignal } = processSurroundings();
  process.emit("SIGHUP", "SIGHUP");
  process.emit("SIGUSR1", "SIGUSR1");
  const told: string[] = [];
  using _ = onServiceSignal?.((signal) => told.push(signal));
  expect(told.sort()).toEqual(["SIGHUP", "SIGUSR1"]);
  process.emit("SIGUSR2", "SIGUSR2");
  expect(told).toEqual(["SIGHUP", "SIGUSR1", "SIGUSR2"]);
});
