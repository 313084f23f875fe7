// The dialer's settings and their asynchronous activation (contract §2.5).
//
//   put ──► IN_PROGRESS ──activation.seconds──► COMPLETED   its settings and tag are in force
//                                          └──► FAILED      the earlier settings and tag are in force again
//
// While operations run, the tag announced by the latest of them is the current one and its settings are the ones shown.

import type { Instant } from "../../kernel/index.ts";
import type { SandboxClock } from "../clock.ts";
import type { Scenario, ScenarioActivation } from "../scenario/index.ts";
import type { ParsedScenario } from "../scenario/schema.ts";
import type { IdMaker } from "./ids.ts";

type DialerSettings = Readonly<Record<string, unknown>>;

/** Settings with the bare tag of their version. */
export interface DeskVersion {
  readonly settings: DialerSettings;
  readonly versionTag: string;
}

export interface DialerOperation {
  readonly operationId: string;
  readonly status: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly announced: DeskVersion;
  readonly startedAt: Instant;
  readonly endsAt: Instant;
  readonly actor: string;
  /** Decided at the start, visible when the operation ends. */
  readonly failure: string | undefined;
}

/** A campaign made by `createDialerCampaign`. */
interface DialerCampaign {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface DialerDeskSnapshot {
  readonly inForce: DeskVersion;
  readonly operations: readonly DialerOperation[];
  readonly running: readonly string[];
  readonly campaigns: readonly DialerCampaign[];
  readonly activation: ScenarioActivation;
  readonly failures: number;
}

export type DialerDesk = ReturnType<typeof createDialerDesk>;

interface DialerDeskOptions {
  readonly scenario: Scenario;
  readonly clock: SandboxClock;
  readonly ids: IdMaker;
  readonly onEnd: (operation: DialerOperation, before: DeskVersion) => void;
}

export function createDialerDesk({ scenario, clock, ids, onEnd }: DialerDeskOptions) {
  let inForce: DeskVersion = { settings: scenario.dialer.settings, versionTag: ids.tag() };
  let activation = scenario.activation;
  let failures = 0;
  const operations = new Map<string, DialerOperation>();
  /** Ids of the running operations that were not superseded, oldest first. */
  let running: string[] = [];
  const campaigns = new Map<string, DialerCampaign>();

  const end = (id: string): void => {
    const operation = operations.get(id);
    if (operation?.status !== "IN_PROGRESS") return;
    const before = inForce;
    running = running.filter((other) => other !== id);
    const ended = { ...operation, status: operation.failure === undefined ? ("COMPLETED" as const) : ("FAILED" as const) };
    operations.set(id, ended);
    if (ended.status === "COMPLETED") inForce = operation.announced;
    onEnd(ended, before);
  };
  const follow = (operation: DialerOperation): void => {
    clock.schedule(operation.endsAt, () => end(operation.operationId));
  };
  const current = (): DeskVersion => operations.get(running.at(-1) ?? "")?.announced ?? inForce;

  return {
    /** What `getDialerSettings` shows. */
    current,
    inForce: (): DeskVersion => inForce,
    running: (): number => running.length,
    operation: (id: string): DialerOperation | undefined => operations.get(id),
    activate(settings: DialerSettings, actor: string): DialerOperation {
      const now = clock.now();
      let failure = activationFailure(activation, settings);
      if (failures > 0) {
        failures -= 1;
        failure ??= "activation failed on request of the control plane";
      }
      const latest = running.map((id) => operations.get(id)?.endsAt ?? 0);
      const operation: DialerOperation = {
        operationId: ids.id("op", now),
        status: "IN_PROGRESS",
        announced: { settings, versionTag: ids.tag() },
        startedAt: now,
        // Operations end in the order in which they were accepted.
        endsAt: Math.max(now + activation.seconds * 1000, ...latest),
        actor,
        failure,
      };
      operations.set(operation.operationId, operation);
      running.push(operation.operationId);
      follow(operation);
      return operation;
    },
    /** A change by another writer, in force at once; running operations are superseded and will end as FAILED. */
    edit(settings: DialerSettings): DeskVersion {
      for (const id of running) {
        const operation = operations.get(id);
        if (operation !== undefined)
          operations.set(id, { ...operation, failure: "superseded by another change of the settings" });
      }
      running = [];
      inForce = { settings, versionTag: ids.tag() };
      return inForce;
    },
    /** Makes the next `count` activations fail. */
    failNext(count: number): void {
      failures += count;
    },
    setActivation(next: ScenarioActivation): void {
      activation = next;
    },
    addCampaign(campaign: DialerCampaign): void {
      campaigns.set(campaign.id, campaign);
    },
    campaign: (id: string): DialerCampaign | undefined => campaigns.get(id),
    snapshot: (): DialerDeskSnapshot => ({
      inForce,
      operations: [...operations.values()],
      running,
      campaigns: [...campaigns.values()],
      activation,
      failures,
    }),
    /** Restores the state and schedules running operations again; restore the clock first. */
    restore(snapshot: DialerDeskSnapshot): void {
      ({ inForce, activation, failures } = snapshot);
      running = [...snapshot.running];
      operations.clear();
      campaigns.clear();
      for (const campaign of snapshot.campaigns) campaigns.set(campaign.id, campaign);
      for (const operation of snapshot.operations) {
        operations.set(operation.operationId, operation);
        if (operation.status === "IN_PROGRESS") follow(operation);
      }
    },
  };
}

// Whether an activation of dialer settings fails by the scenario's rules (contract §3, activation.failWhen).

/** The text of `errorDetails` when one of the rules holds for the settings, or undefined. */
export function activationFailure(activation: ParsedScenario["activation"], settings: unknown): string | undefined {
  const rules =
    activation.failWhen === undefined ? [] : Array.isArray(activation.failWhen) ? activation.failWhen : [activation.failWhen];
  for (const rule of rules) {
    const value = valueAt(settings, rule.field.split("."));
    const holds =
      (rule.above !== undefined && typeof value === "number" && value > rule.above) ||
      (rule.below !== undefined && typeof value === "number" && value < rule.below) ||
      (rule.equals !== undefined && value === rule.equals);
    if (holds) return rule.error ?? `activation refused: ${rule.field} is ${String(value)}`;
  }
  return undefined;
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return value;
}
