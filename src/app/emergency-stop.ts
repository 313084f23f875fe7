// Wiring of the emergency stop for a workplace: what it pauses with, and the search for stops that nobody carries out.

import { messageOf } from "../kernel/index.ts";
import { type CampaignUseCases, EmergencyStops, figuresOf, STOP_PATIENCE, type StopPatience } from "../operations/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { processLives } from "./process-space.ts";
import { stopReads } from "./records.ts";
import type { Background } from "./service/background.ts";
import { StopNotes, takeLeftStops, takeStopNotes } from "./stop-notes.ts";
import { storeOf } from "./store-of-config.ts";
import type { Workplace } from "./workplace.ts";

/** How often stops that nobody carries out are searched for, ms. */
const LOOK_MS = 1_000;

/** Timing of the emergency stops of a service; the defaults are meant for people. */
export interface StopTiming {
  readonly lookMs?: number | undefined;
  readonly patience?: Partial<StopPatience> | undefined;
}

export function emergencyStopsOn(workplace: Workplace, timing: StopTiming, warn: (message: string) => void): EmergencyStops {
  const { config, tenant, store, replica, random } = workplace;
  const { campaignRunner: runner, campaignProvisioning: provisioning } = tenant.capabilities;
  const { clock } = config;
  return new EmergencyStops({
    ledger: store.stops,
    runner,
    provisioning,
    keepList: (list, at) => store.knownCampaigns.keep(list, at),
    figures: figuresOf(tenant),
    lists: store.knownCampaigns,
    jot: (stop) => new StopNotes(config.dir, stop, { now: () => clock.now(), warn }),
    replicas: replica,
    replicaId: replica.id,
    leavesWork: () => replica.leavesWork(workplace.scope),
    clock,
    random,
    patience: { ...STOP_PATIENCE, ...timing.patience },
    warn,
  });
}

/** Opens the records of emergency stops; needs no tenant. */
export async function openStopRecords(
  flags: Flags,
  environment: Environment,
): Promise<Pick<CampaignUseCases, "stops" | "stopped"> & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  const store = await storeOf(config, environment);
  return {
    ...stopReads(store, config.clock),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** Runs a stop in the background, at most once in this process. */
export function runStop(stops: EmergencyStops, background: Background, id: string, signal: AbortSignal): void {
  background.start(`emergency stop ${id}`, () => stops.run(id, signal));
}

/**
 * Continues stops that nobody carries out, until the signal: those of services that died, and those that a command in this folder
 * left.
 */
export function goOnWithStops(
  { config, store }: Pick<Workplace, "config" | "store">,
  stops: EmergencyStops,
  background: Background,
  given: { readonly timing: StopTiming; readonly signal: AbortSignal; readonly warn: (message: string) => void },
): void {
  const { signal, warn, timing } = given;
  const here = { now: () => config.clock.now(), lives: processLives };
  const everyMs = timing.lookMs ?? LOOK_MS;
  background.repeat("emergency stops that nobody carries out", { clock: config.clock, everyMs, signal }, async () => {
    await takeLeftStops(config.dir, here, (stop) => stops.enter(stop)).catch((thrown: unknown) =>
      warn(`looking for emergency stops of commands: ${messageOf(thrown)}`),
    );
    await takeStopNotes(config.dir, store);
    await stops.remember();
    for (const id of await stops.waiting()) if (!signal.aborted) runStop(stops, background, id, signal);
  });
}
