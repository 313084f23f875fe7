// An instant: shown in the browser's time zone, in UTC on hover and for machines.

import { useDashboard } from "../api/dashboard.ts";
import { needsYear, timeFormat } from "../view/format.ts";

export function Time({ at, as = "day" }: { readonly at: string | null | undefined; readonly as?: "clock" | "minute" | "day" }) {
  const { now } = useDashboard();
  if (at === null || at === undefined || at === "") return <>–</>;
  return (
    <time dateTime={at} title={at}>
      {timeFormat()[as === "day" && needsYear(at, now()) ? "longDay" : as](at)}
    </time>
  );
}
