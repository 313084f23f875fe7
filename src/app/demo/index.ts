// The demo.

export { credentialsOf, openDemo } from "./demo.ts";
export { openEventReceiver } from "./receiver.ts";
export { openStage } from "./stage.ts";
