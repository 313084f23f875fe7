// What of the list is shown, kept in the address: search, filter, order, and views that have a name.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { addressOfList, type ListQuery, ORDERS, SHOWN, savedViews, withView } from "../../view/campaign-list.ts";
import { counted } from "../../view/format.ts";

const VIEWS = "outdial campaign views";

interface FindProps {
  readonly query: ListQuery;
  readonly shown: number;
  readonly all: number;
}

export function Find({ query, shown, all }: FindProps) {
  const { route } = useLocation();
  const go = (change: Partial<ListQuery>) => route(addressOfList({ ...query, ...change }), true);
  return (
    <search class="find" aria-label="Campaigns">
      <TextField label="Search" type="search" value={query.text} placeholder="name or id" onChange={(text) => go({ text })} />
      <SelectField label="Show" value={query.shown} options={SHOWN} onChange={(next) => go({ shown: next })} />
      <SelectField label="Order" value={query.order} options={ORDERS} onChange={(order) => go({ order })} />
      <Views address={addressOfList(query)} />
      <span class="muted small" role="status">
        {shown === all ? "" : `${counted(shown, all)} shown`}
      </span>
    </search>
  );
}

function Views({ address }: { readonly address: string }) {
  const views = useSignal(savedViews(localStorage.getItem(VIEWS)));
  const name = useSignal("");
  const keep = (next: typeof views.value) => {
    views.value = next;
    localStorage.setItem(VIEWS, JSON.stringify(next));
  };
  const here = views.value.find((view) => view.address === address);
  return (
    <details class="views">
      <summary>Views{here === undefined ? "" : `: ${here.name}`}</summary>
      <div class="stack">
        {views.value.length === 0 ? <p class="muted">Saved in this browser. None yet.</p> : null}
        <ul class="plain-list">
          {views.value.map((view) => (
            <li class="row" key={view.name}>
              <a class="break" href={view.address} aria-current={view === here ? "true" : undefined}>
                {view.name}
              </a>
              <button
                type="button"
                class="button quiet"
                aria-label={`Delete the view ${view.name}`}
                onClick={() => keep(views.value.filter((one) => one !== view))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.value.trim() === "") return;
            keep(withView(views.value, { name: name.value.trim(), address }));
            name.value = "";
          }}
        >
          <TextField
            label="Save this list as"
            value={name.value}
            required
            onChange={(value) => {
              name.value = value;
            }}
          />
          {/* Never disabled: it would lose the focus once it has saved. */}
          <button type="submit" class="button">
            Save
          </button>
        </form>
      </div>
    </details>
  );
}
