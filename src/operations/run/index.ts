// Runs of jobs over the engine: started, followed, interrupted, taken over.

export { type EngineKind, engineSchema, launchEngine, openDesk } from "./engine.ts";
export { isDue, waitOf } from "./left.ts";
export { differencesOf, differenceWords, joinReplicas, livesOf, type Membership } from "./members.ts";
export { stopOf } from "./reason.ts";
export { type Interruption, Runs } from "./runs.ts";
