// outdial dnc add, lift, show, pending and outdial consent revoke.

import { openFacts } from "../../app/index.ts";
import { phoneText } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/facts.ts";
import { grouped, printable, timeText } from "../render-tagging.ts";

export const addDnc: Run<typeof declared.addDnc> = async ({ args: { number }, options, io }) => {
  const { at: revokedAt = io.clock.now(), reference = "", reason: code } = options;
  await using runtime = await openFacts(options, io.env);
  const row = { number, revokedAt, channel: "do-not-call request", reference, code };
  const added = (await runtime.facts.addRevocations([row], runtime, "manual")) === 1;
  await io.answer(
    { number: phoneText(number), added, since: timeText(revokedAt) },
    `${phoneText(number)} is on the do-not-call list${added ? "" : " (this entry was known)"}`,
  );
};

export const revokeConsent: Run<typeof declared.revokeConsent> = async ({ args: { number }, options, io }) => {
  const { at: revokedAt = io.clock.now(), reference = "", channel } = options;
  await using runtime = await openFacts(options, io.env);
  const added = (await runtime.facts.addRevocations([{ number, revokedAt, channel, reference }], runtime)) === 1;
  await io.answer(
    { number: phoneText(number), added, revokedAt: timeText(revokedAt) },
    `${phoneText(number)}: consent revoked, suppressed${added ? "" : " (this revocation was known)"}`,
  );
};

export const liftDnc: Run<typeof declared.liftDnc> = async ({ args: { number }, options, io }) => {
  const { reason, mistake } = options;
  await using runtime = await openFacts(options, io.env);
  const { actor } = runtime;
  const lifted = await runtime.facts.lift({ number, reason, actor, mistake });
  await io.answer(
    { number: phoneText(number), lifted, actor, reason },
    `${phoneText(number)}: ${lifted} ${lifted === 1 ? "entry" : "entries"} lifted by ${printable(actor)}`,
  );
};

export const showDnc: Run<typeof declared.showDnc> = async ({ args: { number }, options, io }) => {
  await using runtime = await openFacts(options, io.env);
  const files = await runtime.facts.registryFiles();
  const known = (await runtime.facts.of([number], { attemptsSince: Number.MAX_SAFE_INTEGER / 1000, files })).get(number);
  const history = (await runtime.facts.suppressionHistory(number)).map((one) => ({
    ...one,
    saidAt: timeText(one.saidAt),
    recordedAt: timeText(one.recordedAt),
    lift: one.lift === null ? null : { ...one.lift, at: timeText(one.lift.at) },
  }));
  const suppressedSince = timeText(known?.suppressedSince ?? null);
  const registries = known?.registries ?? [];
  const state = suppressedSince === null ? "not on the company's list" : `on the company's list since ${suppressedSince}`;
  await io.answer({ number: phoneText(number), suppressedSince, registries, history }, [
    `${phoneText(number)}: ${state}${registries.length === 0 ? "" : `; on the registry of ${registries.join(", ")}`}`,
    ...history.map(({ origin, code, reference, recordedAt, actor, lift }) => {
      const said = `${recordedAt}  ${origin}  ${printable(code)}  ${printable(reference)}  by ${printable(actor)}`;
      return `  ${said}${lift === null ? "" : `  lifted ${lift.at} by ${printable(lift.actor)}: ${printable(lift.reason)}`}`;
    }),
  ]);
};

export const pendingDnc: Run<typeof declared.pendingDnc> = async ({ options, io }) => {
  await using runtime = await openFacts(options, io.env);
  const { facts } = runtime;
  const [waiting, all] = await Promise.all([facts.unresolvedOptOuts(options.limit), facts.countUnresolvedOptOuts()]);
  await io.each(
    waiting.map((one) => ({ ...one, at: timeText(one.at) })),
    ({ callId, at, campaign, code }) => `${printable(callId)}  ${at}  ${printable(campaign)}  ${printable(code)}`,
  );
  io.say(
    all === 0
      ? "no opt-out waits for the number of its call"
      : `${grouped(all)} opt-outs wait for the number of their call: outdial attempts import, with call_id, suppresses them`,
  );
};
