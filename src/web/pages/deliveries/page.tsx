// Events on their way to receivers: how each receiver stands, what could not be delivered, and sending it again.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { SelectField } from "../../ui/fields.tsx";
import { More } from "../../ui/more.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { span, whole } from "../../view/format.ts";
import { DeliveryDialog } from "./dialog.tsx";

/** A receiver of events: whether it takes them, and what waits for it. */
interface ReceiverProps {
  readonly receiver: ApiTypes.EndpointView;
  /** Why nothing can be done with it. */
  readonly needs: string | undefined;
  readonly onReplay: () => void;
  readonly onTurn: () => void;
}

function Receiver({ receiver, needs, onReplay, onTurn }: ReceiverProps) {
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

/** What the list of deliveries says of each. */
type Delivery = ApiTypes.Delivery;

function actions(
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

const COLUMNS: readonly Column<Delivery>[] = [
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

const OPTIONS = { on: ({ type }: ApiTypes.ServiceEvent) => type === "delivery", every: 5000 };

export default function DeliveriesPage() {
  const { client, session, toasts } = useDashboard();
  const status = useSignal("dead");
  const endpoint = useSignal("");
  const looked = useSignal<number | undefined>(undefined);
  const endpoints = useResource("deliveries.endpoints", {}, OPTIONS);
  const needs = session.needs("operator");
  const why = useWhy(session.needs("operator", "A replay"));
  const replay = async (body: object) => {
    try {
      const { queued } = await client.ask("deliveries.replay", { body });
      toasts.show("good", `${whole(queued)} ${queued === 1 ? "event" : "events"} will be sent again`);
      endpoints.reload();
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  const turn = async ({ endpoint: name, enabled }: ApiTypes.EndpointView) => {
    try {
      await client.ask(enabled ? "deliveries.disable" : "deliveries.enable", { params: { name } });
      toasts.show(
        "info",
        enabled ? `${name} is switched off: its events wait` : `${name} is switched on: what waits is due at once`,
      );
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    endpoints.reload();
  };
  const columns = [
    ...COLUMNS,
    actions(why.off, {
      onLook: (id) => {
        looked.value = id;
      },
      onReplay: (id) => void replay({ ids: [id], status: status.value }),
    }),
  ];
  const names = endpoints.state.value.kind === "ready" ? endpoints.state.value.value.items.map((one) => one.endpoint) : [];
  return (
    <Page
      title="Deliveries"
      lead="Signed events to your receivers: at least once, nothing dropped, in order for each subject unless a receiver wants none."
    >
      <Loaded
        of={endpoints}
        what="receivers"
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty title="No receivers">
            <p>
              Name them under <code>webhooks</code> in outdial.yaml.
            </p>
          </Empty>
        }
      >
        {({ items }) => (
          <div class="grid thirds">
            {items.map((one) => (
              <Receiver
                key={one.endpoint}
                receiver={one}
                needs={needs}
                onReplay={() => void replay({ endpoint: one.endpoint, status: "dead" })}
                onTurn={() => void turn(one)}
              />
            ))}
          </div>
        )}
      </Loaded>
      {looked.value === undefined ? null : (
        <DeliveryDialog
          id={looked.value}
          onClose={() => {
            looked.value = undefined;
          }}
        />
      )}
      {/* Not before the receivers above are known: they would push it down. It is asked for at once. */}
      <div class="stack" hidden={endpoints.state.value.kind === "loading"}>
        <div class="card field-grid">
          <SelectField
            label="State"
            value={status.value}
            options={[
              ["dead", "Dead letters"],
              ["pending", "Pending"],
              ["delivered", "Delivered"],
            ]}
            onChange={(value) => {
              status.value = value;
            }}
          />
          <SelectField
            label="Receiver"
            value={endpoint.value}
            options={[["", "All"], ...names.map((name) => [name, name] as const)]}
            onChange={(value) => {
              endpoint.value = value;
            }}
          />
        </div>
        <More
          of="deliveries.list"
          query={{ status: status.value, endpoint: endpoint.value === "" ? undefined : endpoint.value }}
          what="deliveries"
          options={OPTIONS}
          empty={
            <Empty title={status.value === "dead" ? "No dead letters" : "Nothing here"}>
              <p>{status.value === "dead" ? "Every event has arrived or is still being tried." : "No event is in this state."}</p>
            </Empty>
          }
        >
          {(deliveries) => (
            <>
              {deliveries.some(({ status }) => status !== "pending") ? why.said : null}
              <Table caption="Deliveries" columns={columns} rows={deliveries} rowKey={({ id }) => id} />
            </>
          )}
        </More>
      </div>
    </Page>
  );
}
