// A receiver of events: whether it takes them, and what waits for it.

import type { ApiTypes } from "../../../server/index.ts";
import { Pill } from "../../ui/pill.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { span, whole } from "../../view/format.ts";

interface ReceiverProps {
  readonly receiver: ApiTypes.EndpointView;
  /** Why nothing can be done with it. */
  readonly needs: string | undefined;
  readonly onReplay: () => void;
  readonly onTurn: () => void;
}

export function Receiver({ receiver, needs, onReplay, onTurn }: ReceiverProps) {
  const why = useWhy(needs);
  const {
    endpoint,
    url,
    types,
    pending,
    delivered,
    dead,
    oldestPendingMs,
    enabled,
    message,
    failingSince,
    rotating,
    quietUntil,
  } = receiver;
  return (
    <section class="card stack" aria-label={`Receiver ${endpoint}`}>
      <div class="card-head">
        <h2 class="break">{endpoint}</h2>
        <Pill state={enabled ? "on" : "off"} tone={enabled ? "good" : "bad"} text={enabled ? "delivering" : "switched off"} />
      </div>
      <p class="mono small break muted">{url ?? "no longer configured"}</p>
      {message === null ? null : <p class="bad break">{message}</p>}
      <dl class="facts">
        <dt>Takes</dt>
        <dd class="break" title={types.join(", ")}>
          {types.length > 3 ? `${whole(types.length)} types of events` : types.length === 0 ? "nothing" : types.join(", ")}
        </dd>
        {failingSince === null ? null : (
          <>
            <dt>Failing since</dt>
            <dd class="bad">
              <Time at={failingSince} />
            </dd>
          </>
        )}
        {quietUntil === null ? null : (
          <>
            <dt>Quiet hours</dt>
            <dd>
              only urgent alarms until <Time at={quietUntil} />
            </dd>
          </>
        )}
        {rotating === null ? null : (
          <>
            <dt>Two signatures</dt>
            <dd>{rotating.until === null ? "until the old secret is taken away" : <Time at={rotating.until} />}</dd>
          </>
        )}
        <dt>Delivered</dt>
        <dd>{whole(delivered)}</dd>
        <dt>Pending</dt>
        <dd>
          {whole(pending)}
          {oldestPendingMs === null ? "" : `, the oldest for ${span(oldestPendingMs)}`}
        </dd>
        <dt>Dead</dt>
        <dd class={dead > 0 ? "bad" : undefined}>{whole(dead)}</dd>
      </dl>
      <div class="row">
        <button type="button" class={`button ${enabled ? "" : "primary"}`} {...why.off} onClick={onTurn}>
          Switch {enabled ? "off" : "on"}
        </button>
        {dead === 0 ? null : (
          <button type="button" class="button" {...why.off} onClick={onReplay}>
            Send {whole(dead)} {dead === 1 ? "dead letter" : "dead letters"} again
          </button>
        )}
        {why.said}
      </div>
    </section>
  );
}
