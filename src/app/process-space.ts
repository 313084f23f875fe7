// The space of process ids in which this process lives. Two containers may have the same host name and the same process ids: what
// one of them knows about a pid says nothing about the other's.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What a machine says about its process ids. */
export interface PidSpace {
  readonly host: string;
  /** Id of this boot of the kernel; undefined when it is not available. */
  readonly boot: string | undefined;
  /** Id of this namespace of process ids; undefined when it is not available. */
  readonly namespace: string | undefined;
}

/**
 * Equal for processes that see each other's ids, and different for all others; where a machine gives no ids, different for each
 * process.
 */
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

/** Whether a process of this space exists. */
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
