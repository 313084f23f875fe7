// A change of dialer settings, or an apply of campaigns, as a job.

import type { ApiTypes } from "../../../server/index.ts";
import { Pill } from "../../ui/pill.tsx";
import { applyCalled, changeCalled } from "../dialer/words.ts";

type Detail = ApiTypes.JobDetail;

/** What a change of dialer settings or an apply of campaigns is about; its own page has the rest. */
export function Change({
  job,
  change: { version, outcome, phase, message },
  status,
}: {
  readonly job: string;
  readonly change: NonNullable<Detail["change"]>;
  readonly status: Detail["status"];
}) {
  const isStill = status === "stopped" || status === "failed";
  const called = (version === null ? applyCalled : changeCalled)({ phase, outcome, isStill });
  return (
    <p>
      {version === null ? (
        <a href={`/campaign-files?apply=${encodeURIComponent(job)}`}>Campaign files</a>
      ) : (
        <a href="/dialer">{`Dialer settings, version ${version}`}</a>
      )}
      : <Pill state="" {...called} />
      {message === null ? null : <span class="cell-note break">{message}</span>}
      {isStill && outcome === null ? (
        <span class="cell-note break">
          {version === null ? "Continue it under Campaign files." : "Continue it, or decide about it, under Dialer."}
        </span>
      ) : null}
    </p>
  );
}
