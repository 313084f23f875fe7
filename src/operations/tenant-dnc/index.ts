export { type DncBeforeStart, dncBeforeStart, dncWords, type NamedStart, notHeld } from "./before-start.ts";
export { type KnownCallbacks, listCallbacks, TenantCallbacks } from "./callbacks.ts";
export { CallUseCases, callShown, recordingHint } from "./calls.ts";
export { GroupKeeper } from "./keep.ts";
export { TenantDnc, takeOut } from "./use-cases.ts";
