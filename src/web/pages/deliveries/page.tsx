// Events on their way to receivers: how each receiver stands, what could not be delivered, and sending it again.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { SelectField } from "../../ui/fields.tsx";
import { More } from "../../ui/more.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { useWhy } from "../../ui/why.tsx";
import { whole } from "../../view/format.ts";
import { actions, COLUMNS } from "./columns.tsx";
import { DeliveryDialog } from "./dialog.tsx";
import { Receiver } from "./receiver.tsx";

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
