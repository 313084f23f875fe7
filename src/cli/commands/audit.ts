// outdial audit: list, verify, and the proof of one entry.

import { openRecords } from "../../app/index.ts";
import { known, type Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/audit.ts";
import { grouped, printable } from "../text.ts";

export const listAudit: Run<typeof declared.listAudit> = async ({ options, io }) => {
  await using records = await openRecords(options, io.env);
  const { limit, subject, job, after } = options;
  await io.each(
    await records.audit(known({ limit, subject, job, after })),
    (entry) =>
      `${entry.seq}  ${entry.time}  ${printable(entry.actor)}  ${entry.action}  ${printable(entry.subject)}  ${printable(JSON.stringify(entry.details))}`,
    { none: "no entries" },
  );
};

export const verifyAudit: Run<typeof declared.verifyAudit> = async ({ options, io }) => {
  await using records = await openRecords(options, io.env);
  const verdict = await records.verifyAudit();
  await io.answer(
    verdict,
    verdict.ok
      ? `audit log verified: ${grouped(verdict.size)} entries, ${grouped(verdict.checkpoints)} signed checkpoints`
      : `audit log NOT intact: ${printable(verdict.message)}`,
  );
  return verdict.ok ? EXIT.done : EXIT.failed;
};

export const proveEntry: Run<typeof declared.proveEntry> = async ({ args, options, io }) => {
  await using records = await openRecords(options, io.env);
  await io.data(JSON.stringify(await records.auditProof(args.seq)));
};
