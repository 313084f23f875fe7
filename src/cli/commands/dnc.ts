// outdial dnc add, lift, show, pending and outdial consent revoke.

import { openFacts } from "../../app/index.ts";
import { phoneText } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { grouped, printable } from "../render-tagging.ts";
import { momentOf, numberOf } from "../values.ts";

interface Flags extends GlobalFlags {
  readonly databaseUrl?: string;
}
interface AskedFlags extends Flags {
  readonly at?: string;
  readonly reference?: string;
}

const iso = (at: number) => new Date(at).toISOString();

export async function addDnc([text = ""]: readonly string[], flags: AskedFlags & { reason: string }, io: Io): Promise<number> {
  const number = numberOf(text);
  await using runtime = await openFacts(flags, io.env);
  const now = runtime.clock.now();
  const saidAt = momentOf(flags.at, now, now);
  const row = { number, revokedAt: saidAt, channel: "do-not-call request", reference: flags.reference ?? "", code: flags.reason };
  const added = await runtime.facts.addRevocations([row], runtime, "manual");
  const since = iso(saidAt);
  if (io.json) await io.data(JSON.stringify({ number: phoneText(number), added: added === 1, since }));
  else await io.data(`${phoneText(number)} is on the do-not-call list${added === 1 ? "" : " (this entry was known)"}`);
  return EXIT.done;
}

export async function revokeConsent(
  [text = ""]: readonly string[],
  flags: AskedFlags & { channel: string },
  io: Io,
): Promise<number> {
  const number = numberOf(text);
  await using runtime = await openFacts(flags, io.env);
  const now = runtime.clock.now();
  const revokedAt = momentOf(flags.at, now, now);
  const row = { number, revokedAt, channel: flags.channel, reference: flags.reference ?? "" };
  const added = await runtime.facts.addRevocations([row], runtime);
  if (io.json) await io.data(JSON.stringify({ number: phoneText(number), added: added === 1, revokedAt: iso(revokedAt) }));
  else await io.data(`${phoneText(number)}: consent revoked, suppressed${added === 1 ? "" : " (this revocation was known)"}`);
  return EXIT.done;
}

export async function liftDnc(
  [text = ""]: readonly string[],
  flags: Flags & { reason: string; mistake?: boolean },
  io: Io,
): Promise<number> {
  const number = numberOf(text);
  await using runtime = await openFacts(flags, io.env);
  const { actor } = runtime;
  const lifted = await runtime.facts.lift({ number, reason: flags.reason, actor, mistake: flags.mistake });
  if (io.json) await io.data(JSON.stringify({ number: phoneText(number), lifted, actor, reason: flags.reason }));
  else await io.data(`${phoneText(number)}: ${lifted} ${lifted === 1 ? "entry" : "entries"} lifted by ${printable(actor)}`);
  return EXIT.done;
}

export async function showDnc([text = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  const number = numberOf(text);
  await using runtime = await openFacts(flags, io.env);
  const files = await runtime.facts.registryFiles();
  const known = (await runtime.facts.of([number], { attemptsSince: Number.MAX_SAFE_INTEGER / 1000, files })).get(number);
  const history = await runtime.facts.suppressionHistory(number);
  const since = known?.suppressedSince;
  const registries = known?.registries ?? [];
  if (io.json) {
    const suppressedSince = since === undefined ? null : iso(since);
    await io.data(JSON.stringify({ number: phoneText(number), suppressedSince, registries, history: history.map(withTimes) }));
    return EXIT.done;
  }
  const state = since === undefined ? "not on the company's list" : `on the company's list since ${iso(since)}`;
  await io.data(
    `${phoneText(number)}: ${state}${registries.length === 0 ? "" : `; on the registry of ${registries.join(", ")}`}`,
  );
  for (const { origin, code, reference, recordedAt, actor, lift } of history) {
    const said = `${iso(recordedAt)}  ${origin}  ${printable(code)}  ${printable(reference)}  by ${printable(actor)}`;
    await io.data(
      `  ${said}${lift === null ? "" : `  lifted ${iso(lift.at)} by ${printable(lift.actor)}: ${printable(lift.reason)}`}`,
    );
  }
  return EXIT.done;
}

export async function pendingDnc(_args: readonly string[], flags: Flags & { limit: string }, io: Io): Promise<number> {
  const limit = wholeNumber("--limit", flags.limit, 1, 100_000);
  await using runtime = await openFacts(flags, io.env);
  const [waiting, all] = await Promise.all([runtime.facts.unresolvedOptOuts(limit), runtime.facts.countUnresolvedOptOuts()]);
  for (const { at, ...one } of waiting) {
    if (io.json) await io.data(JSON.stringify({ ...one, at: iso(at) }));
    else await io.data(`${printable(one.callId)}  ${iso(at)}  ${printable(one.campaign)}  ${printable(one.code)}`);
  }
  if (all === 0) io.say("no opt-out waits for the number of its call");
  else
    io.say(`${grouped(all)} opt-outs wait for the number of their call: outdial attempts import, with call_id, suppresses them`);
  return EXIT.done;
}

function withTimes<T extends { saidAt: number | null; recordedAt: number; lift: { at: number } | null }>(record: T) {
  const { saidAt, recordedAt, lift } = record;
  return {
    ...record,
    saidAt: saidAt === null ? null : iso(saidAt),
    recordedAt: iso(recordedAt),
    lift: lift === null ? null : { ...lift, at: iso(lift.at) },
  };
}
