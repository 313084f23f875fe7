// outdial audit: list, verify, and the proof of one entry.

import { openRecords, ServiceRecords } from "../../app/index.ts";
import type { AuditVerdict } from "../../operations/views/index.ts";
import type { HeadFinding } from "../../store/index.ts";
import { known, type Place, type Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/audit.ts";
import type { Io } from "../io.ts";
import { grouped, printable } from "../text.ts";

/** The records of the service that OUTDIAL_URL names; undefined without one. */
export function atService({ service }: Place, { signal }: Io): ServiceRecords | undefined {
  return service === undefined ? undefined : new ServiceRecords(service, signal);
}

export const listAudit: Run<typeof declared.listAudit> = async ({ options, io }) => {
  const { limit, subject, job, after } = options;
  const query = { limit, subject, job, after };
  const there = atService(options, io);
  await using records = there === undefined ? await openRecords(options, io.env) : undefined;
  await io.each(
    (await there?.audit(query)) ?? (await records?.audit.list(known(query))) ?? [],
    (entry) =>
      `${entry.seq}  ${entry.time}  ${printable(entry.actor)}  ${entry.action}  ${printable(entry.subject)}  ${printable(JSON.stringify(entry.details))}`,
    { none: "no entries", fits: true },
  );
};

export const verifyAudit: Run<typeof declared.verifyAudit> = async ({ options, io }) => {
  const verdict = (await atService(options, io)?.verifyAudit()) ?? (await verifiedHere(options, io));
  await io.answer(verdict, () => (verdict.ok ? wordsOf(verdict) : `audit log NOT intact: ${printable(verdict.message)}`));
  if (!verdict.ok) return EXIT.failed;
  return verdict.verified || verdict.size === 0 ? EXIT.done : EXIT.partlyFailed;
};

async function verifiedHere(options: Place, io: Io): Promise<AuditVerdict> {
  await using records = await openRecords(options, io.env);
  const verdict = await records.audit.verify();
  return verdict.ok ? { ...verdict, heads: [...verdict.heads] } : verdict;
}

function wordsOf({ size, checkpoints, verified, heads }: Extract<AuditVerdict, { ok: true }>): string[] {
  if (size === 0) return ["the audit log is empty"];
  const counted = `${grouped(size)} entries, ${grouped(checkpoints)} signed checkpoints`;
  const places = heads.map(({ place, outside, state, message }) => {
    const said = message === null ? STATES[state] : `${STATES[state]}: ${message}`;
    return `  ${printable(place)}: ${printable(said)}${outside ? "" : " (goes back together with the store)"}`;
  });
  return verified
    ? [`audit log verified: ${counted}, compared with heads outside the store`, ...places]
    : [
        `audit log consistent in itself, but not compared with anything outside the store: ${counted}`,
        "a database that was set back to an older state would look the same; set places outside the store in audit.heads of outdial.yaml",
        ...places,
      ];
}

const STATES: Readonly<Record<HeadFinding["state"], string>> = {
  fits: "fits",
  empty: "has no head yet",
  differs: "does not fit",
  accepted: "does not fit, which was accepted",
  unreachable: "cannot be compared",
};

export const acceptHead: Run<typeof declared.acceptHead> = async ({ options, io }) => {
  await using records = await openRecords(options, io.env);
  const held = await records.heldAudit();
  for (const { place, message } of held) io.say(`${printable(place)}: ${printable(message)}`);
  const question = "Accept this database? Entries that the heads outside know and that it does not have are lost.";
  if (held.length > 0 && !(await confirmed(question, io))) return EXIT.interrupted;
  const accepted = await records.acceptHeads(options.reason);
  await io.answer(
    { accepted },
    `accepted: ${accepted.map(({ place }) => printable(place)).join(", ")}; recorded in the audit log`,
  );
  return EXIT.done;
};

export const proveEntry: Run<typeof declared.proveEntry> = async ({ args, options, io }) => {
  const there = atService(options, io);
  await using records = there === undefined ? await openRecords(options, io.env) : undefined;
  await io.data(JSON.stringify((await there?.proof(args.seq)) ?? (await records?.audit.proof(args.seq))));
};
