// What processes have in common that stand still at a named point, to be killed there.

/** Options of a runtime that says every point on stdout, and goes no further than `at`; without it, it runs to its end. */
export function standingStillAt(at: string | undefined) {
  return {
    warn: () => undefined,
    limits: "off",
    deliver: false,
    retry: { maxAttempts: 1 },
    pause: async (point: string) => {
      process.stdout.write(`point ${point}\n`);
      if (point !== at) return;
      process.stdout.write("paused\n");
      // For ever: a timer keeps the process alive until it is killed.
      await new Promise(() => setInterval(() => undefined, 60_000));
    },
  } as const;
}
