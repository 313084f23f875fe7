// Tells systemd that the service is ready, reads its configuration again, lives and stops, when systemd started it and waits for that
// (Type=notify). Node has no sockets of the kind on which systemd listens, so its own program `systemd-notify` says it; that needs
// NotifyAccess=all.

import { execFile } from "node:child_process";
import type { Surroundings } from "./surroundings.ts";

/** What systemd is told. */
type State = "READY=1" | "RELOADING=1" | "STOPPING=1" | "WATCHDOG=1";

export interface Supervisor extends Disposable {
  /** Resolves when systemd has it; at once without systemd. */
  tell(state: State): Promise<void>;
  /** From now on says regularly that this thread still does its work, when systemd wants to know. */
  watch(): void;
}

/** The systemd that `env` names, if any. @param warn told once, when it cannot be told anything */
export function supervisorOf(env: Surroundings["env"], warn: (message: string) => void): Supervisor {
  const isThere = (env["NOTIFY_SOCKET"] ?? "") !== "";
  const everyMs = Number(env["WATCHDOG_USEC"] ?? 0) / 1000 / 2;
  // An older Node that only starts this one is its parent.
  const isWatched = [undefined, String(process.pid), String(process.ppid)].includes(env["WATCHDOG_PID"]);
  let timer: NodeJS.Timeout | undefined;
  let isTold = false;
  const tell = (state: State) =>
    new Promise<void>((resolve) => {
      if (!isThere) return resolve();
      // With the time of systemd's own clock it knows which of its requests is meant.
      const more = state === "RELOADING=1" ? [`MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`] : [];
      execFile("systemd-notify", [state, ...more], { env: { ...env }, timeout: 10_000 }, (failed) => {
        if (failed !== null && !isTold) warn(`systemd could not be told ${state}: ${failed.message.split("\n")[0]}`);
        isTold ||= failed !== null;
        resolve();
      });
    });
  return {
    tell,
    watch() {
      if (isThere && isWatched && everyMs > 0) timer ??= setInterval(() => void tell("WATCHDOG=1"), everyMs).unref();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
