// Changes of dialer settings and applies of campaigns whose process is gone: whichever service finds one first goes on, whoever began it.

import { isLeft } from "../../operations/index.ts";
import { systemClock } from "../../tenant/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

/** Who works on something: this service, another process, nobody yet because its process ended, nobody until a person goes on with it. */
export type Standing = "here" | "elsewhere" | "waiting" | "still";

/** What of a change or an apply says who works on it. */
interface Work {
  readonly jobId: string | null;
  readonly phase: string;
  readonly endedAt: number | null;
}

/** The change waits for a person's word. */
const PAUSED = "paused";

export class LeftWork {
  readonly #workplace: Pick<Workplace, "store" | "replica">;
  readonly #background: Background;

  constructor(workplace: Pick<Workplace, "store" | "replica">, background: Background) {
    this.#workplace = workplace;
    this.#background = background;
  }

  /** @param name what it is called while it runs here; @param retriesAway see isLeft */
  async #standing({ jobId, phase, endedAt }: Work, name: string, retriesAway: boolean): Promise<Standing> {
    const { store, replica } = this.#workplace;
    if (this.#background.has(name)) return "here";
    if (jobId === null || endedAt !== null || phase === PAUSED) return "still";
    const job = await store.jobs.getJob(jobId);
    if (job === undefined) return "still";
    const { status, executor } = job;
    // Its own of before, which it does not run: it was restarted under the same name, or failed.
    const dead = executor === null || executor === replica.id || (await replica.isDead(executor));
    if (isLeft({ ...job, dead }, systemClock.now(), retriesAway)) return "waiting";
    return status === "running" ? "elsewhere" : "still";
  }

  /** Takes up what waits. */
  async look(start: { readonly change: (version: number) => void; readonly apply: (jobId: string) => void }): Promise<void> {
    const { store } = this.#workplace;
    const [change, apply] = await Promise.all([store.dialer.open(), store.campaigns.open()]);
    if (change !== undefined && (await this.ofChange(change)) === "waiting") start.change(change.version);
    if (apply !== undefined && (await this.ofApply(apply)) === "waiting") start.apply(apply.jobId);
  }

  /** A change half-way, or a rollout that nobody watches, is gone on with also when the tenant was away. */
  ofChange(change: Work & { readonly version: number }): Promise<Standing> {
    return this.#standing(change, changeName(change.version), true);
  }

  ofApply(apply: Work & { readonly jobId: string }): Promise<Standing> {
    return this.#standing(apply, apply.jobId, false);
  }
}

/** What a change of dialer settings is called while it runs here. */
export const changeName = (version: number): string => `dialer version ${version}`;
