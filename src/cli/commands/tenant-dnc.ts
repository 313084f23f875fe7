// outdial dnc compare and push, outdial callbacks.

import { openApi } from "../../app/index.ts";
import type { DncDifference, DncPush, ScheduledCallback } from "../../operations/views/index.ts";
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
  const { campaign: id, group: named } = options;
  await using api = await openApi(options, io);
  const push = async (before?: DncPush): Promise<DncPush> => {
    const asked = { params: { id }, body: { group: named, most: AT_ONCE }, withinMs: Number.POSITIVE_INFINITY };
    const came = together(before, await api.ask("doNotCall.push", asked));
    io.progress(`searching · ${grouped(came.proven)} of ${grouped(came.missing)} numbers`);
    // Numbers that the tenant's search does not find come again.
    return came.left === 0 || came.proven === (before?.proven ?? 0) ? came : push(came);
  };
  const pushed = await push();
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

/** Most numbers of one request. */
const AT_ONCE = 4500;

/** What several requests of a push have brought. */
function together(before: DncPush | undefined, now: DncPush): DncPush {
  if (before === undefined) return now;
  const { groups, suppressed, missing, theirs, shorter } = before;
  const [added, proven] = [before.added + now.added, before.proven + now.proven];
  const [takenOff, callbacks] = [before.takenOff + now.takenOff, before.callbacks + now.callbacks];
  return { ...now, groups, suppressed, missing, theirs, shorter, added, proven, takenOff, callbacks };
}

const CALLBACKS = table<ScheduledCallback>([
  { title: "callback", value: ({ id }) => id, isWhole: true },
  { title: "due", value: ({ dueAt }) => dueAt ?? "" },
  { title: "number", value: ({ phoneNumber }) => phoneNumber ?? "", isWhole: true },
  { title: "agent", value: ({ agentId }) => agentId ?? "any" },
  { title: "notes", value: ({ notes }) => notes },
  { title: "lacking since", value: ({ lackingSince }) => lackingSince ?? "" },
]);

export const listCallbacks: Run<typeof declared.listCallbacks> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const asked = { params: { id: options.campaign }, query: { reveal: api.reveals } };
  const { items, doubt } = await api.ask("callbacks.list", asked);
  await io.answer({ items, doubt }, CALLBACKS.lines(items, io.width));
  if (doubt !== null) io.say(doubt);
  else if (items.length === 0) io.say("no callbacks");
  return doubt === null ? EXIT.done : EXIT.partlyFailed;
};

export const deleteCallback: Run<typeof declared.deleteCallback> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  const { already } = await api.ask("callbacks.delete", { params: { id }, body: { reason: options.reason } });
  await io.answer(
    { id, already },
    already
      ? `the tenant has no open callback ${printable(id)}: it was deleted or placed before, or the id is mistyped; outdial callbacks list shows those that are open`
      : "deleted",
  );
  return already ? EXIT.failed : EXIT.done;
};
