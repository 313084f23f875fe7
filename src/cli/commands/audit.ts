// outdial audit: list, verify, and the proof of one entry.

import { openRecords } from "../../app/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { wholeNumber } from "../options.ts";
import { grouped, printable } from "../render-tagging.ts";

interface Flags extends GlobalFlags {
  readonly databaseUrl?: string;
}

export async function listAudit(
  _args: readonly string[],
  flags: Flags & { subject?: string; job?: string; after?: string; limit: string },
  io: Io,
): Promise<number> {
  await using records = await openRecords(flags, io.env);
  const entries = await records.audit({
    limit: wholeNumber("--limit", flags.limit, 1, 100_000),
    ...(flags.subject === undefined ? {} : { subject: flags.subject }),
    ...(flags.job === undefined ? {} : { job: flags.job }),
    ...(flags.after === undefined ? {} : { after: wholeNumber("--after", flags.after, 0, Number.MAX_SAFE_INTEGER) }),
  });
  for (const entry of entries) {
    if (io.json) await io.data(JSON.stringify(entry));
    else
      await io.data(
        `${entry.seq}  ${entry.time}  ${printable(entry.actor)}  ${entry.action}  ${printable(entry.subject)}  ${printable(JSON.stringify(entry.details))}`,
      );
  }
  if (entries.length === 0) io.say("no entries");
  return EXIT.done;
}

export async function verifyAudit(_args: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using records = await openRecords(flags, io.env);
  const verdict = await records.verifyAudit();
  if (io.json) await io.data(JSON.stringify(verdict));
  else if (verdict.ok)
    await io.data(`audit log verified: ${grouped(verdict.size)} entries, ${grouped(verdict.checkpoints)} signed checkpoints`);
  else await io.data(`audit log NOT intact: ${printable(verdict.message)}`);
  return verdict.ok ? EXIT.done : EXIT.failed;
}

export async function proveEntry([seq = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using records = await openRecords(flags, io.env);
  await io.data(JSON.stringify(await records.auditProof(wholeNumber("<seq>", seq, 0, Number.MAX_SAFE_INTEGER))));
  return EXIT.done;
}
