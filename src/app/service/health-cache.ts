// The health of campaigns, kept: reading it costs the tenant several requests of a small budget, and pages ask every few seconds.

import type { CampaignHealth } from "../../operations/index.ts";

/** Health is as good as new for so long. */
const FRESH_MS = 20_000;
/** A request waits no longer than this for the first reading of a campaign: the pages fill in what comes later. */
const PATIENCE_MS = 400;

/** Gives what is known at once, with the figures that have come since, and reads anew behind it. */
export class HealthCache {
  readonly #read: (id: string) => Promise<CampaignHealth>;
  readonly #unknown: (id: string) => Promise<CampaignHealth>;
  readonly #renewed: (known: CampaignHealth) => Promise<CampaignHealth>;
  readonly #now: () => number;
  readonly #known = new Map<string, CampaignHealth>();
  readonly #reading = new Map<string, Promise<CampaignHealth>>();

  /** @param unknown what is said of a campaign before its first reading has come; @param renewed asks the tenant nothing */
  constructor(
    read: (id: string) => Promise<CampaignHealth>,
    unknown: (id: string) => Promise<CampaignHealth>,
    renewed: (known: CampaignHealth) => Promise<CampaignHealth>,
    now: () => number,
  ) {
    this.#read = read;
    this.#unknown = unknown;
    this.#renewed = renewed;
    this.#now = now;
  }

  /** The last reading, while the next one is under way when it is old. Rejects when a campaign was never read and cannot be. */
  async get(id: string): Promise<CampaignHealth> {
    const known = this.#known.get(id);
    if (known !== undefined && this.#now() - known.at < FRESH_MS) return this.#renewed(known);
    const next = this.refresh(id);
    if (known !== undefined) {
      next.catch(() => undefined);
      return this.#renewed(known);
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    try {
      return (await Promise.race([next, promise])) ?? (await this.#unknown(id));
    } finally {
      clearTimeout(timer);
      next.catch(() => undefined);
    }
  }

  /** The last reading, however old. */
  last(id: string): CampaignHealth | undefined {
    return this.#known.get(id);
  }

  /** Reads anew; who asks meanwhile shares the reading. */
  refresh(id: string): Promise<CampaignHealth> {
    const under = this.#reading.get(id);
    if (under !== undefined) return under;
    const reading = this.#read(id)
      .then((health) => {
        this.#known.set(id, health);
        return health;
      })
      .finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  /** What is known is no longer so: something was done. */
  forget(id: string): void {
    const known = this.#known.get(id);
    if (known !== undefined) this.#known.set(id, { ...known, at: 0 });
  }
}
