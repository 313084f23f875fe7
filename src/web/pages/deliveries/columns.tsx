// What the list of deliveries says of each.

import type { ApiTypes } from "../../../server/index.ts";
import { Pill } from "../../ui/pill.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";

type Delivery = ApiTypes.Delivery;

export function actions(
  off: ReturnType<typeof useWhy>["off"],
  { onLook, onReplay }: Readonly<Record<"onLook" | "onReplay", (id: number) => void>>,
): Column<Delivery> {
  return {
    name: "Actions",
    cell: ({ id, status }) => (
      <div class="row">
        <button type="button" class="button" aria-label={`Show event ${id}`} onClick={() => onLook(id)}>
          Show
        </button>
        {status === "pending" ? null : (
          <button type="button" class="button" {...off} aria-label={`Replay event ${id}`} onClick={() => onReplay(id)}>
            Replay
          </button>
        )}
      </div>
    ),
  };
}

export const COLUMNS: readonly Column<Delivery>[] = [
  {
    name: "Event",
    head: true,
    cell: ({ id, eventId }) => (
      <>
        {id}
        <span class="cell-note mono break">{eventId}</span>
      </>
    ),
  },
  {
    name: "What",
    cell: ({ type, subject }) => (
      <>
        <span class="break">{type}</span>
        <span class="cell-note break">{subject}</span>
      </>
    ),
  },
  { name: "Receiver", cell: ({ endpoint }) => <span class="break">{endpoint}</span> },
  {
    name: "State",
    cell: ({ status, lastStatus, lastError }) => (
      <>
        <Pill state={status} />
        {lastStatus === null && lastError === null ? null : (
          <span class="cell-note break">
            {lastStatus ?? ""} {lastError ?? ""}
          </span>
        )}
      </>
    ),
  },
  { name: "Attempts", numeric: true, cell: ({ attempts }) => attempts },
  {
    name: "When",
    cell: ({ createdAt, nextAttemptAt, deliveredAt }) => (
      <>
        <Time at={deliveredAt ?? createdAt} />
        {nextAttemptAt === null ? null : (
          <span class="cell-note">
            next <Time at={nextAttemptAt} as="clock" />
          </span>
        )}
      </>
    ),
  },
];
