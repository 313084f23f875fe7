// What lies between a simulated process and a server: a request that has left arrives, whatever becomes of the process; its reply may be lost.

import type { RandomStream } from "../../../src/kernel/index.ts";
import type { SimulatedProcess } from "./process.ts";
import type { VirtualTime } from "./time.ts";

/** What becomes of a request: it is answered, it never takes effect, or it takes effect and the answer is lost. */
export type Fate = "answered" | "refused" | "unheard";

export interface Wire {
  readonly time: VirtualTime;
  readonly random: RandomStream;
  /** Longest way in one direction, ms. */
  readonly longestMs: number;
  /** Asked when a request arrives. */
  readonly fate: () => Fate;
  /** What the caller is told of a request that was refused or unheard. */
  readonly lost: () => Error;
}

/** Sends a request to a server that does something at one instant. */
export function ask<T>(wire: Wire, process: SimulatedProcess, effect: () => T): Promise<T> {
  const { time, random, longestMs, fate, lost } = wire;
  const way = () => 1 + random.int(longestMs);
  return new Promise((resolve, reject) => {
    const answer = (give: () => void) => time.after(way(), () => process.reach(give));
    time.after(way(), () => {
      const became = fate();
      if (became === "refused") return answer(() => reject(lost()));
      try {
        const value = structuredClone(effect());
        answer(() => (became === "unheard" ? reject(lost()) : resolve(value)));
      } catch (thrown) {
        answer(() => reject(thrown));
      }
    });
  });
}
