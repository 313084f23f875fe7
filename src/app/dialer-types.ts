// Dialer settings and their changes, as commands have them of this process or of a service.

import type { Clock } from "../kernel/index.ts";
import type { DialerUseCases, Interruption, SettingsChanges } from "../operations/index.ts";
import type { DialerChange as ChangeView, DialerPreview } from "../operations/views/index.ts";
import type { TenantLink } from "../tenant/index.ts";
import type { CarriedOut } from "./api/client.ts";
import { predictHere } from "./predictions.ts";
import type { WorkplaceOptions } from "./workplace.ts";

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

/** The text of a settings file and its name for people. */
export interface SettingsText {
  readonly text: string;
  readonly name: string;
}

/** The options of a change. */
export interface ChangeAsked {
  readonly campaign: string | undefined;
  readonly overrides: readonly string[];
  readonly expectedAnswerRate?: number | undefined;
  /** Nothing is stored or sent. */
  readonly dryRun: boolean;
}

/** The options of applying a file. */
export interface ApplyAsked extends ChangeAsked {
  readonly retryRejected: boolean;
  readonly guardMs: number | undefined;
  readonly guardCampaigns: readonly string[];
}

/** A change that was shown, and what can be done with it. */
export interface ShownChange {
  readonly preview: DialerPreview;
  /** Begins exactly this change. Throws `plan_changed`, and OperationError `job_state` when another change is open. */
  begin(): Promise<CarriedOut<Pick<ChangeView, "version">>>;
  /** Records in the audit log that it was refused. */
  recordRefusal(): Promise<void>;
}

/** The progress of a change. */
export interface ChangeStanding extends Pick<ChangeView, "phase" | "purpose" | "looks"> {
  readonly guard: { readonly answered: number; readonly abandoned: number } | null;
  readonly stop: { readonly message: string } | null;
}

/** Called with the progress of a change; undefined while another process runs it. */
export type OnChange = (version: number, change: ChangeStanding | undefined) => void;

/** Changes of dialer settings as the API shows them: in this process, or at a service. */
export interface DialerChanges extends AsyncDisposable {
  apply(file: SettingsText, asked: ApplyAsked): Promise<ShownChange>;
  rollback(version: number | undefined, asked: ChangeAsked): Promise<ShownChange>;
  /** The version of the change that has not ended. */
  open(): Promise<number | undefined>;
  /** Finishes a change that was left unended; undefined when there was none. */
  finishOpen(onProgress: OnChange): Promise<ChangeView | undefined>;
  /** Continues a change. @param keep a person's decision on one that waits for it */
  goOn(version: number, keep: boolean | undefined): Promise<void>;
  /** Runs a change to its end, or follows the process that does. @returns the change as it ended or stopped */
  run(version: number, onProgress: OnChange): Promise<ChangeView>;
  /** Stops what runs in this process early and in order, or stops following what a service runs. */
  interrupt(): Interruption;
  deliverEvents(): Promise<unknown>;
}

/** Changes in this process, with everything else that can be done with dialer settings. */
export interface DialerRuntime extends DialerChanges {
  readonly dialer: DialerUseCases;
  readonly changes: SettingsChanges;
}
