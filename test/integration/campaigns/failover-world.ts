// Two campaigns in a living sandbox whose time only moves when the watch sleeps, a store with a do-not-call registry, and the runtime of failover.

import { type FailoverRuntime, openCompliance, openFailover } from "../../../src/app/index.ts";
import type { Clock } from "../../../src/kernel/index.ts";
import { type FailoverPolicy, failoverPolicySchema } from "../../../src/operations/index.ts";
import type { ClockModeOption, Sandbox } from "../../../src/sandbox/index.ts";
import { NO_ALARMS, type StartedWorld, startWorld } from "../../support/world.ts";

/** A Tuesday, 13:00 in New York. */
export const OPEN = "2026-06-16T17:00:00Z";
export const PRIMARY = "camp_primary";
export const BACKUP = "camp_backup";

const campaign = (id: string, status: string, contactListId: string, more: object = {}) => ({
  id,
  name: id,
  status,
  contactListId,
  dialerConfig: {
    type: "predictive",
    predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 80, callRate: 60, abandonmentThreshold: 0.03 },
  },
  ...more,
});
/** People of their own, all in New York. @param area 212 or 646 */
const list = (id: string, area: number, more: object = {}) => ({
  id,
  contacts: Array.from({ length: 2500 }, (_, i) => ({
    id: `${id}-${i}`,
    phoneNumber: `+1${area}${3_450_000 + i}`,
    consentFlags: { outbound: { call: true } },
  })),
  ...more,
});

/** Ids of the same two as skills. */
const SKILLS: readonly [string, string] = ["4001", "4002"];

/** A primary that dials and a backup that waits, each with a list of its own. */
export function scenarioOf(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    seed: 7,
    limits: "off",
    campaigns: [campaign(PRIMARY, "active", "list_a"), campaign(BACKUP, "paused", "list_b")],
    contactLists: [list("list_a", 212, { answerRate: 0.5 }), list("list_b", 646, { answerRate: 0.5 })],
    ...more,
  };
}

/** The primary's people do not answer, and those of the backup do. */
export const FAILING = scenarioOf({
  contactLists: [list("list_a", 212, { answerRate: 0.01 }), list("list_b", 646, { answerRate: 0.5 })],
});

export interface Transition {
  readonly campaign: string;
  readonly status: string;
  readonly at: number;
  readonly key: string | undefined;
  readonly replayed: boolean;
}

export interface FailoverWorld extends StartedWorld {
  /** What the two campaigns are called by the profile. */
  readonly primary: string;
  readonly backup: string;
  /** The sandbox's time; sleeping moves it, in steps after which `onStep` is awaited. */
  readonly clock: Clock;
  onStep: (now: number) => Promise<void> | void;
  policy(more?: Partial<FailoverPolicy>): FailoverPolicy;
  /** Opens the runtime as one process would. */
  open(options?: Partial<Parameters<typeof openFailover>[2]>): Promise<FailoverRuntime>;
  statusOf(id: string): string | undefined;
  /** Accepted transitions in the order in which they reached the tenant. */
  transitions(): Transition[];
  /** Types of the alarms in the outbox, in order. */
  alarms(): Promise<string[]>;
}

/** Starts and stops that the ACD API accepted. */
function skillChanges(sandbox: Sandbox): Transition[] {
  return sandbox.control.requests().flatMap(({ operation, path, at, status }) => {
    const to = operation === "acd.startSkill" ? "active" : operation === "acd.stopSkill" ? "paused" : undefined;
    if (to === undefined || status !== 202) return [];
    return [
      { campaign: /skills\/(\d+)/i.exec(path)?.[1] ?? "", status: to, at: Date.parse(at), key: undefined, replayed: false },
    ];
  });
}

export async function openFailoverWorld(
  scenario: Record<string, unknown> = scenarioOf(),
  stepSeconds = 10,
  clock: ClockModeOption = "frozen",
  now: string | undefined = OPEN,
  profile: "rest" | "acd" = "rest",
): Promise<FailoverWorld> {
  await using stack = new AsyncDisposableStack();
  const ofTenant = { scenario, clock, ...(now === undefined ? {} : { now }) };
  const consent = profile === "acd" ? { yaml: "tenant: { acd: { consentField: consent.call } }\n" } : {};
  const started = stack.use(await startWorld({ sandbox: ofTenant, profile, environment: NO_ALARMS, ...consent }));
  const [primary, backup] = profile === "acd" ? SKILLS : [PRIMARY, BACKUP];
  const { sandbox, environment } = started;
  await using runtime = await openCompliance({}, environment);
  const registry = {
    name: "registry.txt",
    bytes: async function* () {
      yield Buffer.from("2125550199\n");
    },
  };
  await runtime.facts.importRegistry({ registry: "US", asOf: "2026-06-10", covers: "all" }, registry, {}, runtime.actor);
  const owned = stack.move();
  const world: FailoverWorld = {
    ...started,
    primary,
    backup,
    onStep: () => undefined,
    clock: {
      now: () => Date.parse(sandbox.control.clock().now),
      async sleep(ms, signal) {
        for (let left = ms / 1000; left > 0; left -= stepSeconds) {
          signal?.throwIfAborted();
          await sandbox.control.advance(Math.min(left, stepSeconds));
          await world.onStep(Date.parse(sandbox.control.clock().now));
        }
      },
    },
    policy: (more = {}) => failoverPolicySchema.parse({ backup, drainMinutes: 30, ...more }),
    open: (more = {}) =>
      openFailover({}, environment, {
        warn: () => undefined,
        limits: "off",
        deliver: false,
        retry: { maxAttempts: 1 },
        clock: world.clock,
        ...more,
      }),
    statusOf: (id) => {
      const place = SKILLS.indexOf(id);
      return sandbox.control.state().campaigns.find((one, i) => (place < 0 ? one.id === id : i === place))?.status;
    },
    transitions() {
      if (profile === "acd") return skillChanges(sandbox);
      const keys = new Set<string>();
      return sandbox.control
        .requests({ operation: "updateCampaign" })
        .filter(({ status }) => status === 200)
        .map(({ path, body, at, headers }) => {
          const key = headers["x-idempotency-key"];
          const replayed = key !== undefined && keys.has(key);
          if (key !== undefined) keys.add(key);
          return {
            campaign: path.split("/").at(-1) ?? "",
            status: (body as { status: string }).status,
            at: Date.parse(at),
            key,
            replayed,
          };
        });
    },
    alarms: async () => (await world.query("select type from outdial.outbox order by id")).map(({ type }) => String(type)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return world;
}
