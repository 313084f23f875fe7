// In which space of process ids this process lives. Two containers may have one host name and number their processes alike: what one of them knows of a
// pid says nothing about the other's.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What a machine says about its process ids. */
export interface PidSpace {
  readonly host: string;
  /** Of this start of the kernel; undefined where it is not told. */
  readonly boot: string | undefined;
  /** Of this namespace of process ids; undefined where it is not told. */
  readonly namespace: string | undefined;
}

/** Equal for processes that see each other's ids, and for no others; where a machine does not tell, different for each process. */
export function nameOf({ host, boot, namespace }: PidSpace): string {
  return `${host} ${boot === undefined || namespace === undefined ? randomUUID() : `${boot} ${namespace}`}`;
}

/** The space of this process. */
export function processSpace(): string {
  return nameOf({
    host: hostname(),
    boot: told(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: told(() => readlinkSync("/proc/self/ns/pid")),
  });
}

/** Whether a process of this space is there. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

function told(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    // Not Linux, or a sandbox that hides it.
    return undefined;
  }
}
