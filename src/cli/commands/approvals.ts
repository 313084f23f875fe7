// outdial approvals: list, show, approve, reject.

import { ServiceClient } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import type { ApprovalDetail, ApprovalView } from "../../operations/views/index.ts";
import type { Place, Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/approvals.ts";
import type { Io } from "../io.ts";
import { table } from "../table.ts";
import { printable } from "../text.ts";

function approvals({ service }: Pick<Place, "service">, io: Io): ServiceClient {
  if (service !== undefined) return new ServiceClient(service, io.signal);
  throw new OutdialError("invalid_config", "approvals are given in a service", {
    advice: "Set OUTDIAL_URL and OUTDIAL_TOKEN, or use its dashboard.",
  });
}

const APPROVALS = table<ApprovalView>([
  { title: "id", value: ({ id }) => id, isWhole: true },
  { title: "state", value: ({ state }) => state, isState: true },
  { title: "asked by", value: ({ requestedBy }) => requestedBy },
  { title: "at", value: ({ requestedAt }) => requestedAt },
  { title: "until", value: ({ expiresAt }) => expiresAt },
  { title: "what", value: ({ summary }) => summary },
]);

export const list: Run<typeof declared.list> = async ({ options, io }) => {
  const query = { pending: !options.all };
  const items = await approvals(options, io).list("approvals.list", { query, most: options.limit });
  const none = options.all ? "nothing was asked for" : "nothing waits for a second person";
  await io.answer({ items }, items.length === 0 ? [] : APPROVALS.lines(items, io.width, io.colour), none);
};

function detailLines({ plan, standing, ...approval }: ApprovalDetail): string[] {
  const { id, summary, state, requestedBy, requestedAt, expiresAt, message } = approval;
  const shown = plan === null ? "what was shown was not kept" : JSON.stringify(plan, null, 2);
  return [
    `${id} · ${state.replaceAll("_", " ")} · ${summary}`,
    `asked for by ${requestedBy} at ${requestedAt}, until ${expiresAt}`,
    ...(message === null ? [] : [message]),
    ...shown.split("\n"),
    ...(standing === null ? [] : [`as shown: ${[standing.state, ...standing.reasons].join("; ")}`]),
  ].map(printable);
}

export const show: Run<typeof declared.show> = async ({ args: params, options, io }) => {
  const found = await approvals(options, io).ask("approvals.show", { params });
  await io.answer(found, detailLines(found));
};

export const approve: Run<typeof declared.approve> = async ({ args: params, options, io }) => {
  const api = approvals(options, io);
  const found = await api.ask("approvals.show", { params });
  io.say(detailLines(found));
  if (!(await confirmed("Agree to exactly this?", io))) return EXIT.interrupted;
  const body = { confirm: found.confirm, message: options.message };
  const done = await api.ask("approvals.approve", { params, body });
  const { id, state, message } = done.approval;
  await io.answer(done, `${id} ${state.replaceAll("_", " ")}${message === null ? "" : `: ${printable(message)}`}`);
  return state === "approved" ? EXIT.done : EXIT.failed;
};

export const reject: Run<typeof declared.reject> = async ({ args: params, options, io }) => {
  const done = await approvals(options, io).ask("approvals.reject", { params, body: { message: options.message } });
  await io.answer(done, `${done.id} rejected`);
};
