// Readers for a thread: one that waits for what it does not compute, and one that computes without end.

import { threadId } from "node:worker_threads";

/** Takes so many milliseconds, and next to none of the processor. */
export const readIdly = async (ms: number): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return "read";
};

/** Does not end. */
export const readForEver = async (step: number): Promise<number> => {
  for (let at = 0; at >= 0; at += step);
  return 0;
};

export const readThreadId = async (): Promise<number> => threadId;

/** Computes for so many milliseconds of processor time. */
export const readBusily = async (ms: number): Promise<number> => {
  const before = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(before);
    if ((user + system) / 1000 > ms) return threadId;
  }
};

export const readNothing = async (): Promise<number> => {
  throw new Error("nothing to read");
};
