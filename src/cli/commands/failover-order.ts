// outdial campaign failover start, failback: a person orders a hand-over.

import { Following, type ServiceAddress, ServiceClient } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { campaignPreviewOf, handOverPlanOf } from "../../operations/index.ts";
import type { CampaignPreview, FailoverPairView } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/failover.ts";
import type { Io } from "../io.ts";
import { pairText } from "../render-failover.ts";
import { effectLines } from "../render-verb.ts";
import { endedByInterrupt } from "../running.ts";
import { printable } from "../text.ts";
import { exitOfPair, openPairs, progressTo, summaryOf } from "./failover.ts";

type Options = OptionsOf<typeof declared.start>;

export const start: Run<typeof declared.start> = ({ args, options, io }) => ordered(args.primary, "fail-over", options, io);

export const failback: Run<typeof declared.failback> = ({ args, options, io }) => ordered(args.primary, "fail-back", options, io);

type Order = "fail-over" | "fail-back";

const VERBS = { "fail-over": "failover", "fail-back": "failback" } as const;

/** Records the order and sees it through: here, or by following the process that runs the pair. */
async function ordered(given: string, what: Order, options: Options, io: Io): Promise<number> {
  const { service } = options;
  if (service !== undefined) return orderedThere(service, given, what, io);
  await using runtime = await openPairs(options, io);
  const { failover } = runtime;
  const { signal } = io;
  const stopMark = await failover.stopMark();
  const pair = await failover.find(given);
  const { primary } = pair;
  const filed = (await failover.filed()).find((one) => one.primary === primary);
  const text = filed === undefined ? pairText(await failover.show(primary)) : printable(await summaryOf(failover, filed));
  const found = await failover.doNotCall(what === "fail-over" ? pair.backup : primary, signal);
  const preview = campaignPreviewOf(handOverPlanOf(given, pair, VERBS[what], { found, stopMark }));
  if (!(await agreed(preview, text, io))) return EXIT.interrupted;
  await failover.order(primary, what, { mark: stopMark });
  const after = await failover.seeThrough(primary, { signal, onProgress: progressTo(io, { asData: false }) });
  await runtime.deliverEvents();
  return signal.aborted ? EXIT.interrupted : concludeOrder(after, what, io);
}

/** Phases in which no hand-over is under way. */
const SETTLED: ReadonlySet<string> = new Set(["watching", "failed-over", "halted"] satisfies FailoverPairView["phase"][]);

/** Sends the order to a service, whose watch carries it out. Ctrl-C stops the following, not the hand-over. */
async function orderedThere(service: ServiceAddress, primary: string, what: Order, io: Io): Promise<number> {
  const api = new ServiceClient(service, io.signal);
  const verb = VERBS[what];
  const preview = await api.ask("campaigns.preview", { params: { id: primary, verb } });
  const pair = await api.ask("failover.show", { params: { primary } });
  if (!(await agreed(preview, pairText(pair), io))) return EXIT.interrupted;
  const asked = { params: { id: primary }, body: { confirm: preview.confirm } };
  const { approval } = await api.carryOut(`campaigns.${verb}`, asked);
  if (approval !== null) return await answerWaits(approval, io);
  let told = "";
  const onLook = (pair: FailoverPairView) => {
    const text = pairText(pair);
    if (text !== told) io.say(text);
    told = text;
  };
  const following = new Following({ clock: io.clock, warn: io.say, silence: service.silence });
  using _listening = endedByInterrupt(io, following);
  const after = await following.through({
    look: (signal) => api.ask("failover.show", { params: { primary }, signal }),
    ended: ({ order, phase }) => order === null && SETTLED.has(phase),
    onLook,
    again: `outdial campaign failover status ${primary}`,
  });
  return await concludeOrder(after, what, io);
}

/** Shows what a hand-over would do, and asks. @param pair as text. @throws OutdialError `job_state` when something forbids it */
async function agreed(preview: CampaignPreview, pair: string, io: Io): Promise<boolean> {
  io.say(pair);
  if (preview.refusals.length > 0)
    throw new OutdialError("job_state", `refused, nothing was paused: ${preview.refusals.join("; ")}`);
  io.say(effectLines(preview));
  return await confirmed("Hand over?", io);
}

async function concludeOrder(after: FailoverPairView, what: Order, io: Io): Promise<number> {
  await io.answer(after, pairText(after));
  const dials = after.dials === (what === "fail-over" ? "backup" : "primary");
  return dials ? EXIT.done : Math.max(EXIT.failed, exitOfPair(after));
}
