// The sandbox: a stateful CXone tenant on this machine.

export type { ClockModeOption, HostTime } from "./clock.ts";
export type { ClockState, ControlCall, SandboxControl, SandboxState } from "./control.ts";
export { FaultError } from "./faults.ts";
export type { JournalEntry, JournalFilter } from "./journal.ts";
export { createSandbox, type Sandbox, SandboxError, type SandboxOptions } from "./sandbox.ts";
export { defaultScenario, parseScenario, type Scenario, ScenarioError, scenarioJsonSchema } from "./scenario/index.ts";
export { type SandboxSnapshot, SnapshotError } from "./tenant.ts";
