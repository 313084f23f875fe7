// The living dialer: a simulated dialer for each campaign that places calls, on the sandbox's clock.
//
// Agents and lines of the dialer settings are divided evenly among the live campaigns: those that dial, and those with calls
// still under way. They are divided again whenever a campaign or a setting changes, and when the last call of a paused campaign
// has ended.

import { z } from "zod";
import { type Instant, MINUTE_MS } from "../../kernel/index.ts";
import type { CallEngine, CallEngineEvent, DialedCampaign, DialedWorld, ListBehaviour } from "../call-engine.ts";
import type { SandboxClock } from "../clock.ts";
import { seedWord, unit } from "../world/derive.ts";
import { behaviour, CampaignLine, type LineSettings, lineState } from "./line.ts";
import { LONG } from "./pacing.ts";

/**
 * When the host slept longer than this, by its own time, the dialer is treated as paused meanwhile, instead of making up for
 * missed calls.
 */
const LONGEST_LAG_MS = 60_000;
const START = 100;

/** Lines for each idle agent of a campaign. */
function linesOf(campaign: Pick<DialedCampaign, "answerRatio" | "linesPerAgent">, dialRatio: number): number {
  if (campaign.linesPerAgent !== undefined) return campaign.linesPerAgent;
  return campaign.answerRatio > 0 ? Math.min(dialRatio, 1 / campaign.answerRatio) : dialRatio;
}

interface Wake {
  readonly at: Instant;
  readonly cancel: () => void;
}

/**
 * Creates the engine; it does nothing until `sync`. Its behaviour is determined by the seed, the clock and the times of changes.
 * Consent and the passes a day are enforced, calling hours are not.
 */
export function createLivingEngine(options: {
  readonly clock: SandboxClock;
  readonly seed: number | string;
  readonly world: DialedWorld;
  /** How calls to each list turn out at first. */
  readonly behaviours?: Iterable<readonly [listId: string, ListBehaviour]>;
  readonly onEvent?: (event: CallEngineEvent) => void;
}): CallEngine {
  const { clock, seed, world, onEvent = () => {} } = options;
  const behaviours = new Map<string, ListBehaviour>(options.behaviours ?? []);
  const lines = new Map<string, CampaignLine>();
  const wakes = new Map<CampaignLine, Wake>();
  let metricsTimer: Wake | undefined;
  let stopped = false;

  const dials = ({ status, callRate }: DialedCampaign): boolean => status === "active" && callRate > 0;
  const behaviourOf = (campaign: DialedCampaign | undefined): ListBehaviour =>
    behaviours.get(campaign?.contactListId ?? "") ?? {};

  /** A campaign's settings without its agents and lines, which `share` assigns. */
  const settingsOf = (campaign: DialedCampaign, line: CampaignLine | undefined, at: Instant): LineSettings => {
    const { spacing, dialRatio, abandonmentTarget, warmLineTimeout = LONG } = world.settings();
    const before = line?.settings;
    const dialing = dials(campaign);
    let startsAt = before?.startsAt ?? 0;
    if (dialing && before?.dialing !== true) {
      // Campaigns that begin together should not place their calls at the same instants.
      const wait = unit(seedWord(seed, `live/${campaign.id}`), line?.starts ?? 0, START) * (60 / campaign.callRate);
      startsAt = (line?.secondOf(at) ?? 0) + wait;
    }
    return {
      dialing,
      startsAt,
      linesPerAgent: linesOf(campaign, dialRatio),
      abandonmentTarget: campaign.abandonmentTarget ?? Math.min(abandonmentTarget, campaign.abandonmentThreshold),
      callsPerSecond: campaign.callRate / 60,
      spacing,
      warmLineTimeout,
      agents: before?.agents ?? 0,
      lines: before?.lines ?? 0,
    };
  };

  const lineOf = (campaign: DialedCampaign, at: Instant): CampaignLine => {
    const known = lines.get(campaign.id);
    if (known !== undefined) return known;
    const settings = { ...settingsOf(campaign, undefined, at), dialing: false };
    const behaviour = behaviourOf(campaign);
    const line = new CampaignLine({ id: campaign.id, order: lines.size, seed, world, onEvent, epoch: at, settings, behaviour });
    lines.set(campaign.id, line);
    return line;
  };

  /** Advances all lines to `at`, applies changes, and assigns agents. `called`: a campaign that is about to place a call. */
  const share = (at: Instant, called?: CampaignLine): void => {
    for (const line of lines.values()) line.advance(at);
    for (const line of lines.values()) {
      const campaign = world.campaign(line.id);
      if (campaign === undefined) continue;
      const settings = settingsOf(campaign, line, at);
      if (settings.dialing && !line.settings.dialing) line.starts += 1;
      line.behave(behaviourOf(campaign));
      line.set(settings);
    }
    const alive = [...lines.values()].filter((line) => line.alive || line === called);
    const whole = world.settings();
    alive.forEach((line, place) => {
      // A remainder goes to the campaigns that began first.
      const part = (total: number) => Math.floor(total / alive.length) + (place < total % alive.length ? 1 : 0);
      const own = world.campaign(line.id)?.maxCallsInFlight ?? 0;
      line.set({ ...line.settings, agents: part(whole.agents), lines: Math.min(own, part(whole.lines)) });
    });
    for (const line of lines.values()) {
      if (!alive.includes(line)) line.set({ ...line.settings, agents: 0 });
      arm(line);
    }
  };

  /** Schedules the line's next event. */
  const arm = (line: CampaignLine): void => {
    const at = line.wakesAt;
    const wake = wakes.get(line);
    if (wake !== undefined && wake.at === at) return;
    wake?.cancel();
    wakes.delete(line);
    if (at !== undefined && line.alive && !stopped) wakes.set(line, { at, cancel: clock.schedule(at, (due) => step(line, due)) });
  };

  const step = (line: CampaignLine, at: Instant): void => {
    wakes.delete(line);
    line.advance(at);
    const lag = clock.now() - at;
    const mode = clock.mode();
    if (lag > LONGEST_LAG_MS * (mode.mode === "accelerated" ? Math.max(1, mode.speed) : 1)) line.delay(lag);
    if (line.alive) arm(line);
    else share(at);
  };

  /** Keeps the minute timer running while there is a campaign to report on. */
  const watch = (at = clock.now() + MINUTE_MS): void => {
    if (metricsTimer !== undefined || stopped || !lines.values().some((line) => line.alive)) return;
    const cancel = clock.schedule(at, (due) => {
      metricsTimer = undefined;
      // Whether a call of this very instant is counted must not depend on which timer was set first.
      share(due);
      for (const line of lines.values()) {
        if (line.alive) onEvent({ type: "metrics", campaignId: line.id, figures: line.figures(30, due) });
      }
      watch(due + MINUTE_MS);
    });
    metricsTimer = { at, cancel };
  };

  const quiet = (): void => {
    for (const { cancel } of wakes.values()) cancel();
    wakes.clear();
    metricsTimer?.cancel();
    metricsTimer = undefined;
  };

  return {
    sync() {
      if (stopped) return;
      const now = clock.now();
      for (const campaign of world.campaigns()) if (dials(campaign)) lineOf(campaign, now);
      if (lines.size > 0) share(now);
      watch();
    },
    activeCalls(campaignId) {
      if (campaignId !== undefined) return lines.get(campaignId)?.inFlight ?? 0;
      return lines.values().reduce((sum, line) => sum + line.inFlight, 0);
    },
    staff: (campaignId) => lines.get(campaignId)?.staff() ?? { first: 1, loggedIn: 0, idle: 0, talking: 0, wrapping: 0 },
    paceOf(campaignId) {
      const campaign = world.campaign(campaignId);
      const { dialRatio, abandonmentTarget } = world.settings();
      if (campaign === undefined) return { linesPerAgent: dialRatio, abandonmentTarget };
      return {
        linesPerAgent: linesOf(campaign, dialRatio),
        abandonmentTarget: campaign.abandonmentTarget ?? Math.min(abandonmentTarget, campaign.abandonmentThreshold),
      };
    },
    metrics(campaignId, windowMinutes) {
      const none = { successRate: 1, activeCalls: 0, callsPlaced: 0, callsAnswered: 0, abandonmentRate: 0 };
      return lines.get(campaignId)?.figures(windowMinutes, clock.now()) ?? none;
    },
    setBehaviour(listId, behaviour) {
      behaviours.set(listId, { ...behaviours.get(listId), ...behaviour });
      if (!stopped && lines.size > 0) share(clock.now());
    },
    place(campaignId) {
      const campaign = world.campaign(campaignId);
      if (campaign === undefined || stopped) return undefined;
      const now = clock.now();
      const line = lineOf(campaign, now);
      share(now, line);
      const call = line.place();
      share(now);
      watch();
      return call;
    },
    hangUp(campaignId, callId) {
      const line = lines.get(campaignId);
      if (line === undefined || stopped) return;
      const now = clock.now();
      line.advance(now);
      line.hangUp(now, callId);
      share(now);
    },
    snapshot: () => ({
      engine: "living",
      lines: [...lines.values()].map((line) => line.snapshot()),
      behaviours: [...behaviours],
      metricsAt: metricsTimer?.at ?? null,
    }),
    restore(snapshot) {
      const state = engineState.parse(snapshot);
      quiet();
      lines.clear();
      behaviours.clear();
      for (const [id, behaviour] of state.behaviours) behaviours.set(id, behaviour);
      for (const saved of state.lines) {
        const { id, order, epoch, settings, behaviour } = saved;
        const line = new CampaignLine({ id, order, seed, world, onEvent, epoch, settings, behaviour });
        line.restore(saved);
        lines.set(id, line);
        arm(line);
      }
      watch(state.metricsAt ?? undefined);
    },
    stop() {
      stopped = true;
      quiet();
      lines.clear();
    },
  };
}

// The living dialer's state as a snapshot holds it.
const engineState = z.object({
  engine: z.literal("living"),
  lines: z.array(lineState),
  behaviours: z.array(z.tuple([z.string(), behaviour])),
  metricsAt: z.number().nullable(),
});
