// outdial compliance revocations and acknowledge.

import { openFacts, readRulePack } from "../../app/index.ts";
import { nearest } from "../../kernel/index.ts";
import { deadlineRule, OperationError, phoneText, type RevocationReading, readRevocations } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { printable } from "../render-tagging.ts";
import { momentOf, numberOf } from "../values.ts";

interface ListFlags extends GlobalFlags {
  readonly open?: boolean;
  readonly number?: string;
  readonly limit: string;
  readonly pack?: string;
  readonly databaseUrl?: string;
}

const iso = (at: number) => new Date(at).toISOString();

export async function revocations(_args: readonly string[], flags: ListFlags, io: Io): Promise<number> {
  const number = flags.number === undefined ? undefined : numberOf(flags.number);
  const limit = wholeNumber("--limit", flags.limit, 1, 100_000);
  await using runtime = await openFacts(flags, io.env);
  const { settings, clock } = runtime;
  const read = await readRevocations(runtime.facts, {
    targets: settings.targets,
    rule: deadlineRule(await readRulePack(flags.pack ?? settings.pack)),
    now: clock.now(),
    open: flags.open === true,
    number,
    limit,
  });
  for (const one of read) await io.data(io.json ? JSON.stringify(toJson(one)) : toLine(one));
  const overdue = read.filter(({ clock }) => clock.overdue).length;
  const open = read.filter(({ clock }) => clock.open).length;
  io.say(read.length === 0 ? "no revocations" : `${read.length} revocations: ${open} open, ${overdue} overdue`);
  return overdue > 0 ? EXIT.refused : EXIT.done;
}

function toLine({ revocation, clock }: RevocationReading): string {
  const systems = clock.systems.map(({ system, state, target, acknowledgedAt }) => {
    if (acknowledgedAt !== undefined) return `${printable(system)} ${state} ${iso(acknowledgedAt)}`;
    return `${printable(system)} ${state === "overdue" ? "OVERDUE since" : "by"} ${iso(target)}`;
  });
  const said = `${iso(revocation.revokedAt)} by ${printable(revocation.channel)}`;
  return `${revocation.id}  ${phoneText(revocation.number)}  revoked ${said}  deadline ${clock.deadline}  ${systems.join(" · ")}`;
}

function toJson({ revocation, clock }: RevocationReading): object {
  return {
    id: revocation.id,
    number: phoneText(revocation.number),
    revokedAt: iso(revocation.revokedAt),
    channel: revocation.channel,
    reference: revocation.reference,
    deadline: clock.deadline,
    open: clock.open,
    overdue: clock.overdue,
    systems: clock.systems.map(({ system, state, target, acknowledgedAt }) => ({
      system,
      state,
      target: iso(target),
      ...(acknowledgedAt === undefined ? {} : { acknowledgedAt: iso(acknowledgedAt) }),
    })),
  };
}

interface AcknowledgeFlags extends GlobalFlags {
  readonly system: string;
  readonly at?: string;
  readonly evidence?: string;
  readonly databaseUrl?: string;
}

export async function acknowledge(ids: readonly string[], flags: AcknowledgeFlags, io: Io): Promise<number> {
  const wanted = ids.map((id) => wholeNumber("revocation", id, 1, Number.MAX_SAFE_INTEGER));
  await using runtime = await openFacts(flags, io.env);
  const systems = runtime.settings.targets.map(({ system }) => system);
  if (!systems.includes(flags.system)) {
    const near = nearest(flags.system, systems);
    throw new OperationError(
      "invalid_input",
      `--system ${flags.system} is none of the systems that carry revocations out: ${systems.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
      { advice: "They are named in outdial.yaml under compliance.revocationTargets." },
    );
  }
  const now = runtime.clock.now();
  const at = momentOf(flags.at, now, now);
  for (const revocationId of wanted) {
    const ack = { revocationId, system: flags.system, at, evidence: flags.evidence ?? "" };
    const recorded = await runtime.facts.acknowledge(ack, runtime.actor);
    if (io.json) await io.data(JSON.stringify({ revocation: revocationId, system: flags.system, recorded }));
    else await io.data(`${revocationId}: ${printable(flags.system)} ${recorded ? "has carried it out" : "had said so before"}`);
  }
  return EXIT.done;
}
