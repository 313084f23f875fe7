// Readers for a thread: one that waits for what it does not compute, and one that computes without end.

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
