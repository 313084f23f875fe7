// Dialing parameters of single campaigns, where the dialer settings apply to all campaigns.

/** Overrides of the dialer's and the campaign's settings; fields that are left out are not overridden. */
interface DialingOverride {
  /** Lines for each idle agent. */
  readonly linesPerAgent?: number | undefined;
  /** Share of the answered calls that may be lost. */
  readonly abandonmentTarget?: number | undefined;
  /** Numbers that are not dialed, as digits of North America without the 1. */
  readonly blocked?: readonly string[] | undefined;
}

export type OverridesSnapshot = readonly (readonly [campaignId: string, DialingOverride])[];

export type DialingOverrides = ReturnType<typeof createDialingOverrides>;

export function createDialingOverrides() {
  const overrides = new Map<string, DialingOverride>();
  const blocked = new Map<string, ReadonlySet<string>>();
  const set = (id: string, override: DialingOverride): void => {
    const next = { ...overrides.get(id), ...override };
    overrides.set(id, next);
    blocked.set(id, new Set(next.blocked));
  };
  return {
    get: (id: string): DialingOverride | undefined => overrides.get(id),
    /** Adds overrides to those of a campaign; undefined removes one. */
    set,
    mayDial(id: string, phone: string): boolean {
      const numbers = blocked.get(id);
      return numbers === undefined || numbers.size === 0 || !numbers.has(phone.replace(/^\+?1(?=\d{10}$)/, ""));
    },
    snapshot: (): OverridesSnapshot => [...overrides],
    restore(snapshot: OverridesSnapshot): void {
      overrides.clear();
      blocked.clear();
      for (const [id, override] of snapshot) set(id, override);
    },
  };
}
