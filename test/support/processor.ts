// Processor time of this process and of what it has started and seen end, in milliseconds. Chromium is among that, the run's PostgreSQL is not.

import { readFileSync } from "node:fs";

/** A clock tick of /proc, ms. */
const TICK_MS = 10;

/** Processor time so far; without /proc, that of this process alone. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1000;
  try {
    // Behind the name in parentheses, from the third field on: those of ended children are fields 16 and 17.
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return own + (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return own;
  }
}
