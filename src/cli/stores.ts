// Which commands make a store where there is none. All others find one: a read, a gate or a change of what is there, answered from a store
// that was just made, would be an answer about nothing.

import type { Command } from "commander";

/** The service, imports of facts, and jobs; a demo makes its own in a folder of its own. */
export const MAKE_A_STORE: readonly string[] = [
  "serve",
  "serve token add",
  "tag",
  "interaction disposition",
  "interaction dispositions",
  "outcomes pull",
  "consent import",
  "consent relationships",
  "consent disconnections",
  "consent revoke",
  "dnc import",
  "dnc add",
  "attempts import",
  "campaign plan",
  "campaign apply",
  "campaign pause",
  "campaign failover watch",
  "dialer apply",
  "dialer create-campaign",
  "webhooks register",
];

/** A command's name with those above it, without the program's: "campaign failover watch". */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? "" : `${pathOf(parent)} ${command.name()}`.trim();
}
