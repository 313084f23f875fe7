// outdial dnc compare and push, outdial callbacks.

import { openApi, openTenantDnc } from "../../app/index.ts";
import type { DncDifference, ScheduledCallback } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/tenant-dnc.ts";
import { table } from "../table.ts";
import { grouped, printable } from "../text.ts";

const differenceLines = ({ groups, suppressed, missing, theirs, shorter }: DncDifference): string[] => [
  ...(shorter === null ? [] : [printable(shorter)]),
  ...(groups.length === 0 && shorter === null ? ["the campaign obeys no do-not-call group of the tenant"] : []),
  ...groups.map(({ id, name, numbers }) => `group ${printable(id)} ${printable(name)}: ${grouped(numbers)} numbers`),
  `${grouped(suppressed)} numbers on the company's list; ${grouped(missing)} of them in none of these groups`,
  `${grouped(theirs)} numbers of the groups are not on the company's list`,
];

export const compareDnc: Run<typeof declared.compareDnc> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const difference = await api.ask("doNotCall.compare", { params: { id: options.campaign } });
  await io.answer(difference, differenceLines(difference));
  if (difference.shorter !== null) return EXIT.partlyFailed;
  return difference.missing > 0 ? EXIT.refused : EXIT.done;
};

export const pushDnc: Run<typeof declared.pushDnc> = async ({ options, io }) => {
  await using tenant = await openTenantDnc(options, io.env);
  const pushed = await tenant.dnc.push(options.campaign, {
    group: options.group,
    by: tenant.actor,
    signal: io.signal,
    onProgress: (done, all) => io.progress(`searching · ${grouped(done)} of ${grouped(all)} numbers`),
  });
  const { group, added, proven, unproven, examples, takenOff, callbacks, stillListed, reasons } = pushed;
  await io.answer(pushed, [
    ...differenceLines(pushed),
    `${grouped(added)} added to group ${printable(group)}; the tenant's search finds ${grouped(proven)}${unproven === 0 ? "" : ` and not ${grouped(unproven)}`}`,
    ...(takenOff + callbacks + stillListed === 0
      ? []
      : [
          `${grouped(takenOff)} of their records taken off the calling lists, ${grouped(callbacks)} callbacks deleted${stillListed === 0 ? "" : `; ${grouped(stillListed)} ${stillListed === 1 ? "reason" : "reasons"} why some are, or may be, left`}`,
        ]),
    ...reasons.map((reason) => `  ${printable(reason)}`),
    ...examples.map(({ number, message }) => `  ${number}: ${printable(message)}`),
  ]);
  return unproven + stillListed > 0 ? EXIT.partlyFailed : EXIT.done;
};

const CALLBACKS = table<ScheduledCallback>([
  { title: "callback", value: ({ id }) => id, isWhole: true },
  { title: "due", value: ({ dueAt }) => dueAt ?? "" },
  { title: "number", value: ({ phoneNumber }) => phoneNumber ?? "", isWhole: true },
  { title: "agent", value: ({ agentId }) => agentId ?? "any" },
  { title: "notes", value: ({ notes }) => notes },
  { title: "lacking since", value: ({ lackingSince }) => lackingSince ?? "" },
]);

export const listCallbacks: Run<typeof declared.listCallbacks> = async ({ options, io }) => {
  await using tenant = await openTenantDnc(options, io.env);
  const { items, doubt } = await tenant.callbacks.views(options.campaign, { reveal: true, signal: io.signal });
  await io.answer({ items, doubt }, CALLBACKS.lines(items, io.width));
  if (doubt !== null) io.say(doubt);
  else if (items.length === 0) io.say("no callbacks");
  return doubt === null ? EXIT.done : EXIT.partlyFailed;
};

export const deleteCallback: Run<typeof declared.deleteCallback> = async ({ args: { id }, options, io }) => {
  await using tenant = await openTenantDnc(options, io.env);
  const { already } = await tenant.callbacks.remove(id, { why: options.reason, by: tenant.actor, signal: io.signal });
  await io.answer(
    { id, already },
    already
      ? `the tenant has no open callback ${printable(id)}: it was deleted or placed before, or the id is mistyped; outdial callbacks list shows those that are open`
      : "deleted",
  );
  return already ? EXIT.failed : EXIT.done;
};
