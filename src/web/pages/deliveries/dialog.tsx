// One delivery: the event itself, every attempt that failed, and what the receiver said.

import { useResource } from "../../api/resource.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";

export function DeliveryDialog({ id, onClose }: { readonly id: number; readonly onClose: () => void }) {
  const delivery = useResource("deliveries.show", { params: { id } });
  return (
    <Dialog title={`Event ${id}`} onClose={onClose}>
      <Loaded of={delivery} what="event">
        {({ type, endpoint, failures, event }) => (
          <>
            <p class="break">
              {type} for {endpoint}
            </p>
            {failures.length === 0 ? (
              <p>No attempt has failed.</p>
            ) : (
              <ol class="plain-list">
                {failures.map(({ at, error }) => (
                  <li key={`${at} ${error}`} class="break">
                    <Time at={at} as="clock" /> {error}
                  </li>
                ))}
              </ol>
            )}
            <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
          </>
        )}
      </Loaded>
      <div class="row">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
