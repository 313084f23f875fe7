// How the store reports what happens to it: one function, so that any logger fits.

/** Receives one line of talk; never a secret. */
export type StoreLog = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;

/** A log that keeps nothing. */
export const silent: StoreLog = () => undefined;
