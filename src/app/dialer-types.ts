// Dialer settings and their changes, as they are opened in this process.

import type { Clock } from "../kernel/index.ts";
import type { DialerUseCases, SettingsChanges } from "../operations/index.ts";
import type { TenantLink } from "../tenant/index.ts";
import { predictHere } from "./predictions.ts";
import type { Workplace, WorkplaceOptions } from "./workplace.ts";

/** What only needs the tenant; opens no store. */
export interface DialerTenant extends AsyncDisposable, Pick<DialerUseCases, "readFile" | "validate" | "simulateVendor"> {
  readonly tenant: TenantLink;
  /** Throws TenantError `unsupported` when a campaign consists of more than settings. */
  requireMaking(): void;
}

export interface DialerOptions extends WorkplaceOptions {
  /** Clock of the changes; the system's by default. */
  readonly clock?: Clock;
  /** See SettingsRules. */
  readonly pause?: (point: string) => Promise<void>;
  /** Predicts the effect of settings; in the calling thread by default. */
  readonly predict?: typeof predictHere;
}

/** Changes of the settings and what runs them. */
export interface DialerRuntime extends AsyncDisposable {
  readonly dialer: DialerUseCases;
  readonly changes: SettingsChanges;
  readonly workplace: Workplace;
}
