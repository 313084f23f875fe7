// The virtual clock on a host clock that the test holds in its hands.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSandboxClock, type HostTime } from "./clock.ts";

const START = Date.UTC(2026, 0, 1);

/** A host whose time moves only by `pass`. */
function manualHost() {
  let time = 0;
  let waits: { at: number; run: () => void; hold: boolean }[] = [];
  const host: HostTime = {
    now: () => time,
    after(ms, hold, run) {
      const wait = { at: time + Math.max(0, ms), run, hold };
      waits.push(wait);
      return () => {
        waits = waits.filter((other) => other !== wait);
      };
    },
  };
  const pass = async (ms: number): Promise<void> => {
    time += ms;
    const due = waits.filter((wait) => wait.at <= time);
    waits = waits.filter((wait) => wait.at > time);
    for (const wait of due) wait.run();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { host, pass, holds: () => waits.map(({ hold }) => hold) };
}

describe("a frozen clock", () => {
  it("stands still until it is advanced, then stops exactly at the target", async () => {
    const { host, pass } = manualHost();
    const clock = createSandboxClock({ mode: "frozen", start: START, host });
    await pass(5000);
    expect(clock.now()).toBe(START);
    await clock.advance(90);
    expect(clock.now()).toBe(START + 90_000);
    expect(clock.mode()).toEqual({ mode: "frozen" });
  });

  it("runs due timers in the order of (time, sequence), with the time standing at each", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }), async (delays) => {
        const clock = createSandboxClock({ mode: "frozen", start: START });
        const seen: [number, number][] = [];
        delays.forEach((delay, i) => {
          clock.schedule(START + delay, (at) => {
            expect(clock.now()).toBe(at);
            seen.push([delay, i]);
          });
        });
        await clock.advance(1);
        expect(seen).toEqual(delays.map((delay, i): [number, number] => [delay, i]).sort(([a, i], [b, j]) => a - b || i - j));
      }),
    );
  });

  it("runs timers that timers schedule, within the same span only", async () => {
    const clock = createSandboxClock({ mode: "frozen", start: START });
    const seen: number[] = [];
    const again = (at: number): void => {
      seen.push((at - START) / 1000);
      clock.schedule(at + 10_000, again);
    };
    clock.schedule(START + 10_000, again);
    await clock.advance(35);
    expect(seen).toEqual([10, 20, 30]);
    await clock.advance(5);
    expect(seen).toEqual([10, 20, 30, 40]);
  });

  it("leaves out cancelled timers, however many", async () => {
    const clock = createSandboxClock({ mode: "frozen", start: START });
    const seen: number[] = [];
    const cancels = Array.from({ length: 500 }, (_, i) => clock.schedule(START + (i % 7), () => void seen.push(i)));
    cancels.forEach((cancel, i) => {
      if (i % 5 !== 0) cancel();
      if (i % 10 === 1) cancel();
    });
    await clock.advance(1);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i * 5));
  });

  it("lets a sleeper go on sleeping within one advance", async () => {
    const clock = createSandboxClock({ mode: "frozen", start: START });
    const woken: number[] = [];
    const loop = (async () => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(1000);
        woken.push(clock.now() - START);
      }
    })();
    await clock.advance(10);
    await loop;
    expect(woken).toEqual([1000, 2000, 3000]);
  });

  it("queues advances behind each other and rejects with what a timer threw", async () => {
    const clock = createSandboxClock({ mode: "frozen", start: START });
    clock.schedule(START + 500, () => {
      throw new Error("boom");
    });
    const first = clock.advance(1);
    const second = clock.advance(2);
    await expect(first).rejects.toThrow("boom");
    await second;
    expect(clock.now()).toBe(START + 500 + 2000);
  });

  it("refuses nonsense", async () => {
    const clock = createSandboxClock({ mode: "frozen" });
    await expect(clock.advance(-1)).rejects.toMatchObject({ code: "bad_duration" });
    await expect(clock.advance(Number.NaN)).rejects.toMatchObject({ code: "bad_duration" });
    expect(() => createSandboxClock({ mode: { speed: 0 } })).toThrow(expect.objectContaining({ code: "bad_speed" }));
  });
});

describe("a running clock", () => {
  it("follows the host at its speed and fires what falls due", async () => {
    const { host, pass } = manualHost();
    const clock = createSandboxClock({ mode: { speed: 60 }, start: START, host });
    const seen: number[] = [];
    clock.schedule(START + 60_000, (at) => void seen.push(at));
    await pass(999);
    expect(seen).toEqual([]);
    await pass(1);
    expect(seen).toEqual([START + 60_000]);
    expect(clock.now()).toBe(START + 60_000);
  });

  it("jumps ahead by hand, and keeps running from there", async () => {
    const { host, pass } = manualHost();
    const clock = createSandboxClock({ mode: "real", start: START, host });
    let fired = 0;
    clock.schedule(START + 3600_000, () => void fired++);
    await clock.advance(3600);
    expect(fired).toBe(1);
    await pass(250);
    expect(clock.now()).toBe(START + 3600_250);
  });

  it("does not wait for a slow timer before the next", async () => {
    const { host, pass } = manualHost();
    const clock = createSandboxClock({ mode: "real", start: START, host });
    const seen: string[] = [];
    clock.schedule(START + 1, () => new Promise(() => {}));
    clock.schedule(START + 2, () => void seen.push("second"));
    await pass(5);
    expect(seen).toEqual(["second"]);
  });

  it("reports what a timer threw and goes on", async () => {
    const { host, pass } = manualHost();
    const errors: unknown[] = [];
    const clock = createSandboxClock({ mode: "real", start: START, host, onError: (thrown) => void errors.push(thrown) });
    let later = false;
    clock.schedule(START + 1, () => {
      throw new Error("boom");
    });
    clock.schedule(START + 2, () => {
      later = true;
    });
    await pass(3);
    expect(errors).toEqual([new Error("boom")]);
    expect(later).toBe(true);
  });

  it("changes its mode without a jump", async () => {
    const { host, pass } = manualHost();
    const clock = createSandboxClock({ mode: "real", start: START, host });
    await pass(100);
    clock.set("frozen");
    await pass(100);
    clock.set({ speed: 10 });
    await pass(100);
    expect(clock.now()).toBe(START + 100 + 1000);
    expect(clock.mode()).toEqual({ mode: "accelerated", speed: 10 });
  });

  it("holds the process only while somebody sleeps", () => {
    const { host, holds } = manualHost();
    const clock = createSandboxClock({ mode: "real", start: START, host });
    clock.schedule(START + 1000, () => {});
    expect(holds()).toEqual([false]);
    const abort = new AbortController();
    clock.sleep(500, abort.signal).catch(() => {});
    expect(holds()).toEqual([true]);
  });
});

describe("sleep", () => {
  it("rejects with the reason of its signal, before and while it sleeps", async () => {
    const clock = createSandboxClock({ mode: "frozen" });
    const abort = new AbortController();
    const asleep = clock.sleep(1000, abort.signal);
    abort.abort(new Error("enough"));
    await expect(asleep).rejects.toThrow("enough");
    await expect(clock.sleep(1000, abort.signal)).rejects.toThrow("enough");
  });

  it("ends with the clock", async () => {
    const clock = createSandboxClock({ mode: "frozen" });
    const asleep = clock.sleep(1000);
    clock.stop();
    clock.stop();
    await expect(asleep).rejects.toMatchObject({ code: "clock_stopped" });
    await expect(clock.sleep(1)).rejects.toMatchObject({ code: "clock_stopped" });
  });
});

it("restores time and mode, drops timers and wakes sleepers", async () => {
  const clock = createSandboxClock({ mode: "frozen", start: START });
  const before = clock.snapshot();
  await clock.advance(100);
  clock.set({ speed: 5 });
  let fired = false;
  clock.schedule(START + 200_000, () => {
    fired = true;
  });
  const asleep = clock.sleep(50_000);
  clock.restore(before);
  await asleep;
  expect(clock.snapshot()).toEqual({ now: START, mode: { mode: "frozen" } });
  await clock.advance(1000);
  expect(fired).toBe(false);
});
