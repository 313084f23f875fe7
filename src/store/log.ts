// The store's logging: one function, so that any logger fits.

/** Receives one line of text, never a secret. */
export type StoreLog = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;

/** A log that keeps nothing. */
export const silent: StoreLog = () => undefined;
