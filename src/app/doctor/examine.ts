// Checks a workplace: what is right, doubtful or wrong, each with a remedy. Only reads and creates nothing. It asks the tenant for a
// token and for one page of its campaigns, opens connections to receivers and greets the mail server, and sends neither an event nor
// a mail.

import { type Flags, loadConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import { tellingSilence } from "../over-service/silence.ts";
import { packageCommit, packageVersion } from "../version.ts";
import { type Check, collect, type Seen } from "./check.ts";
import { ofInbound, ofMail, ofReceivers, ofSignIn } from "./peers.ts";
import { ofStore } from "./store.ts";
import { ofTenant } from "./tenant.ts";

/** Whoever has said nothing for so long is named, ms. */
const QUIET_MS = 5_000;

/** What is checked at the same time, in the order in which it is told. Store and tenant may take longest. */
const PARTS: readonly (readonly [check: string, of: (seen: Seen) => Promise<void>])[] = [
  ["receivers of events", ofReceivers],
  ["mail", ofMail],
  ["the vendor's events", ofInbound],
  ["sign-in", ofSignIn],
  ["store", ofStore],
  ["tenant", ofTenant],
];

/**
 * Checks everything; a check is left out when something that it needs has failed. Gives some at a time, as soon as they and those
 * before them are known. @param warn told who is waited for, when that takes a while
 */
export async function* examine(
  flags: Flags,
  environment: Environment,
  warn: (message: string) => void,
): AsyncGenerator<readonly Check[]> {
  const own = collect();
  const commit = packageCommit();
  own.add(
    "outdial",
    "ok",
    `${packageVersion()}${commit === undefined ? "" : ` (commit ${commit.slice(0, 12)})`}, Node ${process.versions.node}`,
  );
  const config = await own.tried("configuration", () => loadConfig(flags, environment));
  if (config?.path !== undefined) own.add("configuration", "ok", config.path);
  else if (config !== undefined)
    own.add(
      "configuration",
      "warn",
      `no outdial.yaml in ${config.cwd} or above it: defaults and the environment decide`,
      "outdial init writes one.",
    );
  yield own.checks;
  if (config === undefined) return;
  const { clock } = config;
  const waiting: Seen["waiting"] = (who, work) =>
    tellingSilence(
      { clock, quietMs: QUIET_MS, tell: (since) => warn(`${who} has not answered since ${since}; waiting for it`) },
      work,
    );
  const parts = PARTS.map(async ([check, of]) => {
    const part = collect();
    await part.tried(check, () => of({ config, flags, environment, waiting, ...part }));
    return part.checks;
  });
  for (const part of parts) yield await part;
}
