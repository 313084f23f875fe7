// Wiring of the emergency stop for a workplace: what it pauses with, and the search for stops that nobody carries out.

import { messageOf } from "../kernel/index.ts";
import { EmergencyStops, figuresOf, STOP_PATIENCE, type StopPatience } from "../operations/index.ts";
import { opening } from "./opening.ts";
import { processLives } from "./process-space.ts";
import { stopReads } from "./records.ts";
import type { Background } from "./service/background.ts";
import { StopNotes, takeLeftStops, takeStopNotes } from "./stop-notes.ts";
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
export const openStopRecords = opening(async ({ config, store }) => stopReads(await store(), config.clock));

/** A stop of which only the name of its note is left. It needs somebody: whether it is still wanted, and for what, nobody else knows. */
const unreadableStop = (id: string, at: number, now: number) => ({
  id,
  actor: "not known",
  reason: null,
  scope: null,
  executor: null,
  supersededBy: null,
  createdAt: Math.min(at, now),
  endedAt: now,
});
const UNREADABLE = {
  code: "known_unread",
  message:
    "the note of this stop cannot be read: what it was to stop, and what it has stopped, is not known; stop again what is still to be stopped",
} as const;

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
    await takeLeftStops(
      config.dir,
      here,
      (stop) => stops.enter(stop),
      (id, at) => store.stops.over(unreadableStop(id, at, config.clock.now()), UNREADABLE, []),
    ).catch((thrown: unknown) => warn(`looking for emergency stops of commands: ${messageOf(thrown)}`));
    await takeStopNotes(config.dir, store);
    await stops.remember();
    for (const id of await stops.waiting()) if (!signal.aborted) runStop(stops, background, id, signal);
  });
}
