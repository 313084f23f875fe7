// A list that is read page by page: the pages read so far, and a button for more.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import type { Answer, Asking, Operation, Query } from "../api/operation.ts";
import { RequestError } from "../api/problem-error.ts";
import { type ResourceOptions, useReading } from "../api/resource.ts";
import { MOST_ROWS } from "../view/csv.ts";
import { Export } from "./export.tsx";
import { Loaded } from "./states.tsx";

/** Operations that answer page by page, and their items. */
type ItemOf<Id extends Operation> =
  Answer<Id> extends { readonly items: readonly (infer Item)[]; readonly next: string | null } ? Item : never;

interface Page<Id extends Operation> {
  readonly items: readonly ItemOf<Id>[];
  /** Sent back as `cursor`; null on the last page. */
  readonly next: string | null;
}

interface MoreProps<Id extends Operation> {
  readonly of: Id;
  readonly query?: NonNullable<Asking<Id> extends { readonly query?: infer Q } ? Q : never>;
  readonly what: string;
  readonly empty: ComponentChildren;
  readonly options?: ResourceOptions;
  readonly children: (items: readonly ItemOf<Id>[]) => ComponentChildren;
}

/** The first page is kept up to date; further pages stay as they were read. */
export function More<Id extends Operation>({ of, query, what, empty, options, children }: MoreProps<Id>) {
  const { client, toasts } = useDashboard();
  const key = JSON.stringify([of, query ?? {}]);
  const page = async (more: Query, signal?: AbortSignal) =>
    (await client.ask(of, { query: { ...query, ...more } } as Asking<Id>, signal === undefined ? {} : { signal })) as Page<Id>;
  const first = useReading(key, (signal) => page({}, signal), options);
  const rest = useSignal<Page<Id> | undefined>(undefined);
  useEffect(() => {
    rest.value = undefined;
  }, [key]);
  const more = async (cursor: string) => {
    try {
      const { items, next } = await page({ cursor });
      rest.value = { items: [...(rest.peek()?.items ?? []), ...items], next };
    } catch (thrown) {
      toasts.show("bad", thrown instanceof RequestError ? thrown.message : String(thrown));
    }
  };
  const all = async () => {
    const rows: ItemOf<Id>[] = [];
    for (let query: Query | undefined = {}; query !== undefined && rows.length <= MOST_ROWS; ) {
      const { items, next } = await page(query);
      rows.push(...items);
      query = next === null ? undefined : { cursor: next };
    }
    return rows as readonly object[];
  };
  return (
    <Loaded of={first} what={what} isEmpty={({ items }) => items.length === 0} empty={empty}>
      {(page) => {
        const next = rest.value === undefined ? page.next : rest.value.next;
        return (
          <>
            {children([...page.items, ...(rest.value?.items ?? [])])}
            <div class="row">
              {next === null ? null : (
                <button type="button" class="button" onClick={() => void more(next)}>
                  More {what}
                </button>
              )}
              <Export what={what} rows={all} chosen={query ?? {}} />
            </div>
          </>
        );
      }}
    </Loaded>
  );
}
