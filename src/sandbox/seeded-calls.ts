// A plain seeded engine: active campaigns place calls at their rate for the contacts of their list, one after the other.

import { z } from "zod";
import type { Instant } from "../kernel/index.ts";
import type { CallEngine, CallEngineEvent, CampaignFigures, DialedCampaign, DialedWorld, ListBehaviour } from "./call-engine.ts";
import { drawFate, type Stage } from "./call-fate.ts";
import { CallSamples } from "./call-samples.ts";
import type { SandboxClock } from "./clock.ts";
import { CALL_STATUSES } from "./scenario/index.ts";
import type { CallRecord } from "./world/calls.ts";
import type { Contact, ContactStore } from "./world/contacts.ts";
import { seedWord, unit } from "./world/derive.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Contacts looked at for one call before the try is given up; bounds the work on a list without consent. */
const LOOKS = 1000;
/** A host that slept longer does not catch up on the calls it missed. */
const LONGEST_LAG_MS = 60_000;

const gapPurpose = 100;

/** A campaign that placed calls, now or before. */
interface Line {
  readonly id: string;
  readonly word: number;
  /** Calls placed so far. */
  serial: number;
  /** Draws of the waits between calls so far. */
  gaps: number;
  /** Next place in the list, and when the present pass through it began. */
  place: number;
  passBegan: Instant;
  samples: CallSamples;
  inFlight: number;
  /** The wait for the next call, while the campaign is active. */
  timer: { readonly rate: number; readonly at: Instant; readonly cancel: () => void } | undefined;
}

/** A call on its way and the stage it goes to next. */
interface Flight {
  readonly callId: string;
  readonly campaignId: string;
  readonly placedAt: Instant;
  readonly code: string | undefined;
  readonly stages: readonly Stage[];
  next: number;
}

const stageState = z.object({
  after: z.number(),
  status: z.enum(CALL_STATUSES),
  verdict: z.enum(["answered", "abandoned", "unanswered"]).exactOptional(),
  ends: z.literal(true).exactOptional(),
});
const engineState = z.object({
  engine: z.literal("seeded"),
  lines: z.array(
    z.object({
      id: z.string(),
      serial: z.number(),
      gaps: z.number(),
      place: z.number(),
      passBegan: z.number(),
      samples: z.array(z.tuple([z.number(), z.enum(["placed", "answered", "abandoned", "unanswered"])])),
      nextAt: z.number().optional(),
      rate: z.number().optional(),
    }),
  ),
  flights: z.array(
    z.object({
      callId: z.string(),
      campaignId: z.string(),
      placedAt: z.number(),
      code: z.string().optional(),
      stages: z.array(stageState),
      next: z.number(),
    }),
  ),
  behaviours: z.array(
    z.tuple([
      z.string(),
      z.object({
        answerRate: z.number().optional(),
        abandonRate: z.number().optional(),
        mix: z.record(z.string(), z.number()).optional(),
      }),
    ]),
  ),
  metricsAt: z.number().optional(),
});

/**
 * Creates the engine; it rests until `sync`. Everything it does follows from the seed and the clock: calls of one campaign do not
 * depend on another's. Calling hours are not enforced, only consent and the passes a day are.
 */
export function createSeededCallEngine(options: {
  readonly clock: SandboxClock;
  readonly seed: number | string;
  readonly world: DialedWorld;
  /** How calls to each list turn out at the start. */
  readonly behaviours?: Iterable<readonly [listId: string, ListBehaviour]>;
  readonly onEvent?: (event: CallEngineEvent) => void;
}): CallEngine {
  const { clock, seed, world, onEvent = () => {} } = options;
  const lines = new Map<string, Line>();
  const flights = new Set<Flight>();
  const behaviours = new Map<string, ListBehaviour>(options.behaviours ?? []);
  let cancels = new Set<() => void>();
  let metricsTimer: { readonly at: Instant; readonly cancel: () => void } | undefined;
  let stopped = false;

  const lineOf = (id: string, at: Instant): Line => {
    let line = lines.get(id);
    if (line === undefined) {
      line = {
        id,
        word: seedWord(seed, `live/${id}`),
        serial: 0,
        gaps: 0,
        place: 0,
        passBegan: at,
        samples: new CallSamples(),
        inFlight: 0,
        timer: undefined,
      };
      lines.set(id, line);
    }
    return line;
  };

  const placeFor = (line: Line, campaign: DialedCampaign, at: Instant): CallRecord | undefined => {
    const list = campaign.contactListId === undefined ? undefined : world.contacts(campaign.contactListId);
    const contact = list && nextContact(line, list, campaign, at);
    if (contact === undefined) return undefined;
    line.serial += 1;
    const fate = drawFate(line.word, line.serial, behaviours.get(campaign.contactListId ?? "") ?? {});
    const call: CallRecord = {
      id: `${campaign.id}-live-${String(line.serial).padStart(7, "0")}`,
      campaignId: campaign.id,
      status: "dialing",
      startTime: at,
      direction: "OUTBOUND",
      locked: false,
      contactId: contact.id,
      phoneNumber: contact.phoneNumber,
      agentId: `agent_${String(1 + (line.serial % 40)).padStart(3, "0")}`,
      writes: 0,
      effects: 0,
    };
    world.calls.put(call);
    line.samples.add(at, "placed");
    line.inFlight += 1;
    const flight: Flight = {
      callId: call.id,
      campaignId: campaign.id,
      placedAt: at,
      code: fate.code,
      stages: fate.stages,
      next: 0,
    };
    flights.add(flight);
    follow(flight);
    watch();
    return call;
  };

  /** Waits for a flight's next stage. */
  const follow = (flight: Flight): void => {
    const stage = flight.stages[flight.next];
    if (stage === undefined) {
      flights.delete(flight);
      const line = lines.get(flight.campaignId);
      if (line !== undefined) line.inFlight -= 1;
      return;
    }
    const cancel = clock.schedule(flight.placedAt + stage.after, (at) => {
      cancels.delete(cancel);
      enter(flight, stage, at);
    });
    cancels.add(cancel);
  };

  const enter = (flight: Flight, stage: Stage, at: Instant): void => {
    // Read anew: a disposition may have been set meanwhile.
    const before = world.calls.get(flight.callId);
    flight.next += 1;
    if (stage.verdict !== undefined) lines.get(flight.campaignId)?.samples.add(at, stage.verdict);
    if (before !== undefined) {
      const call: CallRecord = {
        ...before,
        status: stage.status,
        ...(stage.ends === true ? { endTime: at, dispositionCode: before.disposition?.dispositionCodeId ?? flight.code } : {}),
      };
      world.calls.put(call);
      if (flight.next === flight.stages.length) onEvent({ type: "call_ended", call });
    }
    follow(flight);
  };

  const tick = (line: Line, at: Instant): void => {
    line.timer = undefined;
    const campaign = world.campaign(line.id);
    if (campaign === undefined || campaign.status !== "active") return;
    if (line.inFlight < campaign.maxCallsInFlight) placeFor(line, campaign, at);
    start(line, campaign, clock.now() - at > LONGEST_LAG_MS ? clock.now() : at);
  };

  const start = (line: Line, campaign: DialedCampaign, from: Instant): void => {
    line.gaps += 1;
    const mean = MINUTE_MS / campaign.callRate;
    const gap = Math.min(10 * mean, -mean * Math.log(1 - unit(line.word, line.gaps, gapPurpose)));
    startAt(line, campaign.callRate, from + Math.max(1, Math.round(gap)));
  };
  const startAt = (line: Line, rate: number, at: Instant): void => {
    line.timer = { rate, at, cancel: clock.schedule(at, (due) => tick(line, due)) };
  };

  /** Keeps the minute timer running while something is to be told. */
  const watch = (at = clock.now() + MINUTE_MS): void => {
    if (metricsTimer !== undefined || stopped || !lines.values().some(alive)) return;
    const cancel = clock.schedule(at, (due) => {
      metricsTimer = undefined;
      for (const line of lines.values()) {
        if (alive(line)) onEvent({ type: "metrics", campaignId: line.id, figures: metrics(line.id, 30) });
      }
      watch(due + MINUTE_MS);
    });
    metricsTimer = { at, cancel };
  };
  const alive = (line: Line): boolean => line.timer !== undefined || line.inFlight > 0;

  const metrics = (campaignId: string, windowMinutes: number): CampaignFigures => {
    const line = lines.get(campaignId);
    const window = Math.min(DAY_MS, windowMinutes * MINUTE_MS);
    const { placed, answered, abandoned, unanswered } = (line?.samples ?? new CallSamples()).since(clock.now() - window);
    const decided = answered + unanswered;
    return {
      // A call answered before the window and lost within it may leave more abandoned than answered.
      successRate: decided === 0 ? 1 : Math.max(0, answered - abandoned) / decided,
      activeCalls: line?.inFlight ?? 0,
      callsPlaced: placed,
      callsAnswered: answered,
      abandonmentRate: answered === 0 ? 0 : Math.min(1, abandoned / answered),
    };
  };

  const quiet = (): void => {
    for (const cancel of cancels) cancel();
    cancels = new Set();
    for (const line of lines.values()) line.timer?.cancel();
    metricsTimer?.cancel();
    metricsTimer = undefined;
    lines.clear();
    flights.clear();
  };

  return {
    metrics,
    sync() {
      if (stopped) return;
      const active = new Set<string>();
      for (const campaign of world.campaigns()) {
        if (campaign.status !== "active" || !(campaign.callRate > 0)) continue;
        active.add(campaign.id);
        const line = lineOf(campaign.id, clock.now());
        if (line.timer?.rate === campaign.callRate) continue;
        line.timer?.cancel();
        start(line, campaign, clock.now());
      }
      for (const line of lines.values()) {
        if (active.has(line.id)) continue;
        line.timer?.cancel();
        line.timer = undefined;
      }
      watch();
    },
    activeCalls: (campaignId) => (campaignId === undefined ? flights.size : (lines.get(campaignId)?.inFlight ?? 0)),
    setBehaviour(listId, behaviour) {
      behaviours.set(listId, { ...behaviours.get(listId), ...behaviour });
    },
    place(campaignId) {
      const campaign = world.campaign(campaignId);
      return campaign === undefined || stopped ? undefined : placeFor(lineOf(campaignId, clock.now()), campaign, clock.now());
    },
    snapshot(): z.input<typeof engineState> {
      return {
        engine: "seeded",
        lines: [...lines.values()].map(({ id, serial, gaps, place, passBegan, samples, timer }) => {
          const waits = timer === undefined ? {} : { nextAt: timer.at, rate: timer.rate };
          return { id, serial, gaps, place, passBegan, samples: samples.toJSON().map(([at, what]) => [at, what]), ...waits };
        }),
        flights: [...flights].map((flight) => ({ ...flight, stages: [...flight.stages] })),
        behaviours: [...behaviours].map(([id, behaviour]) => [id, { ...behaviour }]),
        metricsAt: metricsTimer?.at,
      };
    },
    restore(snapshot) {
      const state = engineState.parse(snapshot);
      quiet();
      behaviours.clear();
      for (const [id, behaviour] of state.behaviours) behaviours.set(id, behaviour);
      for (const { id, nextAt, rate, samples, ...rest } of state.lines) {
        const line = Object.assign(lineOf(id, clock.now()), rest, { samples: new CallSamples(samples) });
        if (nextAt !== undefined && rate !== undefined) startAt(line, rate, nextAt);
      }
      for (const saved of state.flights) {
        const flight: Flight = { ...saved, code: saved.code };
        flights.add(flight);
        lineOf(flight.campaignId, flight.placedAt).inFlight += 1;
        follow(flight);
      }
      watch(state.metricsAt);
    },
    stop() {
      stopped = true;
      quiet();
    },
  };
}

/** The next contact of the list that may be called; undefined when the list is empty, through for today, or a long stretch has no consent. */
function nextContact(line: Line, list: ContactStore, campaign: DialedCampaign, at: Instant): Contact | undefined {
  for (let look = 0; look < Math.min(LOOKS, list.size); look++) {
    if (line.place >= list.size) {
      const passes = campaign.maxCallsPerContactPerDay;
      if (passes !== undefined && at - line.passBegan < DAY_MS / passes) return undefined;
      line.place = 0;
      line.passBegan = at;
    }
    const place = line.place++;
    if (list.mayCall(place)) return list.at(place);
  }
  return undefined;
}
