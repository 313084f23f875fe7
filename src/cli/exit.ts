// Exit codes, and the one place where an error becomes a message and a code.

import { messageOf, OutdialError } from "../kernel/index.ts";
import type { Io } from "./io.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  partlyFailed: 4,
  notAuthorised: 5,
  vendorUnavailable: 6,
  interrupted: 130,
} as const;

const EXIT_OF_CODE: Readonly<Record<string, number>> = {
  invalid_input: EXIT.usage,
  invalid_config: EXIT.usage,
  invalid_scenario: EXIT.usage,
  scenario_invalid: EXIT.usage,
  invalid_request: EXIT.usage,
  unsupported_root: EXIT.usage,
  invalid_pack: EXIT.usage,
  invalid_facts: EXIT.usage,
  unknown_zone: EXIT.usage,
  job_not_found: EXIT.usage,
  job_state: EXIT.refused,
  unsupported: EXIT.refused,
  unauthorized: EXIT.notAuthorised,
  missing_scope: EXIT.notAuthorised,
  vendor_unavailable: EXIT.vendorUnavailable,
  rate_limited: EXIT.vendorUnavailable,
  deadline_exceeded: EXIT.vendorUnavailable,
  aborted: EXIT.interrupted,
  interrupted: EXIT.interrupted,
};

/** The exit code of an error's code; 1 for any that is not listed. */
export function exitOf(code: string): number {
  return EXIT_OF_CODE[code] ?? EXIT.failed;
}

/** Says what went wrong on stderr (or as one JSON object on stdout with --json) and gives the exit code. */
export async function report(thrown: unknown, io: Io): Promise<number> {
  // Whoever closed stdout wants no more, not even to hear of it.
  if (isClosedPipe(thrown)) return EXIT.failed;
  const code = thrown instanceof OutdialError ? thrown.code : "internal";
  const advice = thrown instanceof OutdialError ? thrown.advice : undefined;
  io.complain(`outdial: ${messageOf(thrown)}`);
  if (advice !== undefined) io.complain(`  ${advice}`);
  if (code === "internal" && process.env["OUTDIAL_DEBUG"] !== undefined && thrown instanceof Error)
    io.complain(thrown.stack ?? "");
  if (io.json)
    await io.data(JSON.stringify({ error: { code, message: messageOf(thrown), ...(advice === undefined ? {} : { advice }) } }));
  return exitOf(code);
}

function isClosedPipe(thrown: unknown): boolean {
  return (
    thrown instanceof Error && "code" in thrown && thrown.code === "EPIPE" && "syscall" in thrown && thrown.syscall === "write"
  );
}
