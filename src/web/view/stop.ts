// The message about a stop as soon as it is answered. Pure.

import type { ApiTypes } from "../../server/index.ts";
import { whole } from "./format.ts";

/** `good` only when the tenant's list was complete and every campaign is confirmed paused or was seen paused. */
export function toldOf(stop: Pick<ApiTypes.StopResult, "changes" | "seenPaused" | "alreadyPaused" | "listProblem">): {
  readonly tone: "good" | "bad";
  readonly text: string;
} {
  const { changes, seenPaused, alreadyPaused, listProblem } = stop;
  const confirmed = seenPaused.length + changes.filter((one) => one.confirmed).length;
  const resumed = changes.filter(({ confirmed, status }) => !confirmed && status === "resumed").length;
  const open = changes.length + seenPaused.length - confirmed - resumed;
  if (listProblem === null && open === 0 && resumed === 0 && alreadyPaused.length === 0)
    return { tone: "good", text: "Stop: every campaign is confirmed paused" };
  const said = [
    ...(listProblem === null ? [] : [`the list of campaigns is not whole, others may be dialing: ${listProblem.message}`]),
    ...(open === 0 ? [] : [`${whole(open)} not confirmed paused yet; the page shows which`]),
    ...(alreadyPaused.length === 0 ? [] : [`${whole(alreadyPaused.length)} only listed as paused, looked at next`]),
    ...(resumed === 0 ? [] : [`${whole(resumed)} resumed by somebody since`]),
    `${whole(confirmed)} confirmed paused`,
  ];
  return { tone: "bad", text: `Stop: ${said.join("; ")}` };
}
