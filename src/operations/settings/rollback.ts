// The settings to which a rollback goes.

import { CHANGE_PHASE_WORDS, phaseWords } from "../../kernel/index.ts";
import type { DialerChange, DialerLedger } from "../../store/index.ts";
import type { PacingSettings } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import { loadChange } from "./journal.ts";
import { type DialerSettings, diffSettings, readSettings } from "./model.ts";
import { settingsInForce } from "./tenant-settings.ts";

interface RollbackTarget {
  readonly name: string;
  readonly settings: DialerSettings;
}

/** The settings of a version. Throws OperationError `job_state` when it was never in force. */
export function ofVersion(change: DialerChange): RollbackTarget {
  const { version } = change;
  if (change.kind !== "observed" && change.outcome !== "applied") {
    const how = change.outcome ?? `still ${phaseWords(CHANGE_PHASE_WORDS, change.phase)}`;
    throw new OperationError("job_state", `version ${version} was never in force: it is ${how.replaceAll("_", " ")}`, {
      advice: "outdial dialer history shows which versions were in force.",
    });
  }
  const read = readSettings(change.settings);
  if ("settings" in read) return { name: `version ${version}`, settings: read.settings };
  throw new OperationError("invalid_input", `version ${version} cannot be read: ${read.problem}`);
}

/** The settings that the latest change replaced, provided that nobody changed anything since. */
export async function beforeLatest(
  latest: DialerChange | undefined,
  ledger: DialerLedger,
  pacing: PacingSettings,
): Promise<RollbackTarget> {
  if (latest === undefined)
    throw new OperationError("job_not_found", "there is no change to roll back", {
      advice: "outdial dialer history shows the versions of this store; outdial dialer rollback <version> goes to one of them.",
    });
  const { snapshot, target } = (await loadChange(ledger, latest)).state;
  const shownOnly = pacing.shownOnly ?? {};
  const since = diffSettings(target, (await settingsInForce(pacing, latest.subject)).settings).flatMap(({ path }) =>
    path in shownOnly ? [] : [path],
  );
  if (since.length > 0)
    throw new OperationError("job_state", `somebody changed the settings since version ${latest.version}: ${since.join(", ")}`, {
      advice: "A rollback would overwrite that. Name the version to which to go back: outdial dialer rollback <version>.",
    });
  return { name: `before version ${latest.version}`, settings: snapshot.settings };
}
