// Runs of jobs over the engine: entered, followed, interrupted, taken over.

export { type EngineBody, launchEngine } from "./engine.ts";
export { isDue } from "./left.ts";
export { joinReplicas, livesOf, type Membership } from "./members.ts";
export { Runs } from "./runs.ts";
