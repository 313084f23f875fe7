// outdial compliance revocations and acknowledge.

import { openFacts, readRulePack } from "../../app/index.ts";
import { nearest } from "../../kernel/index.ts";
import { deadlineRule, OperationError, phoneText, type RevocationReading, readRevocations } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { printable, timeText } from "../render-tagging.ts";

export const revocations: Run<typeof declared.revocations> = async ({ options, io }) => {
  const { number, limit, open } = options;
  await using runtime = await openFacts(options, io.env);
  const { settings, clock } = runtime;
  const rule = deadlineRule(await readRulePack(options.pack ?? settings.pack));
  const asked = { targets: settings.targets, rule, now: clock.now(), open, number, limit };
  const read = await readRevocations(runtime.facts, asked);
  await io.each(read, toLine, { json: toJson });
  const overdue = read.filter(({ clock }) => clock.overdue).length;
  const left = read.filter(({ clock }) => clock.open).length;
  io.say(read.length === 0 ? "no revocations" : `${read.length} revocations: ${left} open, ${overdue} overdue`);
  return overdue > 0 ? EXIT.refused : EXIT.done;
};

function toLine({ revocation, clock }: RevocationReading): string {
  const systems = clock.systems.map(({ system, state, target, acknowledgedAt }) => {
    if (acknowledgedAt !== undefined) return `${printable(system)} ${state} ${timeText(acknowledgedAt)}`;
    return `${printable(system)} ${state === "overdue" ? "OVERDUE since" : "by"} ${timeText(target)}`;
  });
  const said = `${timeText(revocation.revokedAt)} by ${printable(revocation.channel)}`;
  return `${revocation.id}  ${phoneText(revocation.number)}  revoked ${said}  deadline ${clock.deadline}  ${systems.join(" · ")}`;
}

function toJson({ revocation, clock }: RevocationReading): object {
  return {
    id: revocation.id,
    number: phoneText(revocation.number),
    revokedAt: timeText(revocation.revokedAt),
    channel: revocation.channel,
    reference: revocation.reference,
    deadline: clock.deadline,
    open: clock.open,
    overdue: clock.overdue,
    systems: clock.systems.map(({ system, state, target, acknowledgedAt }) => ({
      system,
      state,
      target: timeText(target),
      ...(acknowledgedAt === undefined ? {} : { acknowledgedAt: timeText(acknowledgedAt) }),
    })),
  };
}

export const acknowledge: Run<typeof declared.acknowledge> = async ({ args, options, io }) => {
  const { system, evidence = "" } = options;
  await using runtime = await openFacts(options, io.env);
  const systems = runtime.settings.targets.map(({ system }) => system);
  if (!systems.includes(system)) {
    const near = nearest(system, systems);
    throw new OperationError(
      "invalid_input",
      `--system ${system} is none of the systems that carry revocations out: ${systems.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
      { advice: "They are named in outdial.yaml under compliance.revocationTargets." },
    );
  }
  const at = options.at ?? runtime.clock.now();
  for (const revocationId of args.revocation) {
    const recorded = await runtime.facts.acknowledge({ revocationId, system, at, evidence }, runtime.actor);
    await io.answer(
      { revocation: revocationId, system, recorded },
      `${revocationId}: ${printable(system)} ${recorded ? "has carried it out" : "had said so before"}`,
    );
  }
};
