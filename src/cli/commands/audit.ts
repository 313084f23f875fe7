// outdial audit: list, verify, and the proof of one entry.

import { openApi, openRecords } from "../../app/index.ts";
import { MINUTE_MS } from "../../kernel/index.ts";
import type { AuditVerdict } from "../../operations/views/index.ts";
import type { HeadFinding } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/audit.ts";
import { grouped, printable } from "../text.ts";

/** The whole log is read. */
const VERIFY_MS = 30 * MINUTE_MS;

export const listAudit: Run<typeof declared.listAudit> = async ({ options, io }) => {
  const { limit: most, subject, job, after } = options;
  await using api = openApi(options, io);
  await io.each(
    await api.list("audit.list", { query: { order: "oldest", subject, job, reveal: api.reveals }, most, after }),
    (entry) =>
      `${entry.seq}  ${entry.time}  ${printable(entry.actor)}  ${entry.action}  ${printable(entry.subject)}  ${printable(JSON.stringify(entry.details))}`,
    { none: "no entries", fits: true },
  );
};

export const verifyAudit: Run<typeof declared.verifyAudit> = async ({ options, io }) => {
  await using api = openApi(options, io);
  const verdict = await api.ask("audit.verify", { withinMs: VERIFY_MS });
  await io.answer(verdict, () => (verdict.ok ? wordsOf(verdict) : `audit log NOT intact: ${printable(verdict.message)}`));
  if (!verdict.ok) return EXIT.failed;
  return verdict.verified || verdict.size === 0 ? EXIT.done : EXIT.partlyFailed;
};

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
  await using api = openApi(options, io);
  await io.data(JSON.stringify(await api.ask("audit.proof", { params: { seq: args.seq } })));
};
