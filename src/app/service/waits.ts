// What stopped jobs wait for and what ends by itself, as conditions that everybody sees while they last.

import type { Instant } from "../../kernel/index.ts";
import { stopOf, waitOf } from "../../operations/index.ts";
import type { ServiceLog } from "../../server/index.ts";
import type { Job, Store, StoreCondition } from "../../store/index.ts";

/** How long a job that tries again keeps its condition, ms: only then is it known whether what it waited for is back. */
const TRYING_MS = 60_000;

type Name = NonNullable<ReturnType<typeof waitOf>>;

interface Waiting {
  readonly name: Name;
  readonly message: string;
  readonly advice: string;
  readonly since: Instant;
  /** Since when it has been trying again. */
  tries: Instant | undefined;
}

/** Takes the conditions that a search finds each time: everybody sees them, and each is logged once, and once when it is over. */
export function conditionsFound(
  by: "jobs" | "replicas",
  { health }: Pick<Store, "health">,
  log: ServiceLog,
): (found: readonly StoreCondition[]) => void {
  const stood = new Set<string>();
  return (found) => {
    health.note(by, found);
    for (const { name, message } of found) if (!stood.has(name)) log("warn", message);
    for (const name of stood) if (found.every((one) => one.name !== name)) log("info", `${name} is over`);
    stood.clear();
    for (const { name } of found) stood.add(name);
  };
}

export class Waits {
  readonly #jobs = new Map<string, Waiting>();

  /** Takes the present state of unended jobs. @returns the present conditions, one for each name */
  take(jobs: readonly Job[], now: Instant): readonly StoreCondition[] {
    const open = new Map(jobs.map((job) => [job.id, job]));
    for (const [id, waiting] of this.#jobs) {
      const job = open.get(id);
      if (job === undefined || (job.status === "stopped" && waitOf(job) === undefined)) this.#jobs.delete(id);
      else if (job.status === "stopped") waiting.tries = undefined;
      else if (now - (waiting.tries ??= now) > TRYING_MS) this.#jobs.delete(id);
    }
    for (const job of jobs) {
      const name = waitOf(job);
      if (name === undefined) continue;
      const { message = "", advice = "" } = stopOf(job.error) ?? {};
      const { since = job.finishedAt ?? now } = this.#jobs.get(job.id) ?? {};
      this.#jobs.set(job.id, { name, message, advice, since, tries: undefined });
    }
    const byName = Map.groupBy(this.#jobs, ([, { name }]) => name);
    return [...byName].flatMap(([name, waiting]) => {
      const [[id, first]] = waiting as [[string, Waiting]];
      const others = waiting.length === 1 ? "" : ` and ${waiting.length - 1} more jobs`;
      const since = Math.min(...waiting.map(([, one]) => one.since));
      const goOn = waiting.length === 1 ? "goes" : "go";
      return [{ name, message: `${first.message}; ${id}${others} ${goOn} on when that is over`, advice: first.advice, since }];
    });
  }
}
