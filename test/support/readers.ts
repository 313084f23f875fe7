// Readers for a process of its own: one that waits for what it does not compute, and one that computes without end.

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

export const readProcessId = async (): Promise<number> => process.pid;

/** Computes for so many milliseconds of processor time. */
export const readBusily = async (ms: number): Promise<number> => {
  const before = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(before);
    if ((user + system) / 1000 > ms) return process.pid;
  }
};

export const readNothing = async (): Promise<number> => {
  throw new Error("nothing to read");
};

/** Takes more memory than a reading may have: by many small things, or by one that is too large at once. */
export const readGreedily = async (how: "small" | "large" | "text"): Promise<number> => {
  const things: unknown[] = [];
  const large = new Map<number, number>();
  for (let text = "x"; ; )
    if (how === "small") things.push({ at: things.length });
    else if (how === "large") large.set(large.size, 0);
    else {
      text += text;
      things.push(Object.keys({ [text]: 1 }));
    }
};
