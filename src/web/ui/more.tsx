// A list that is read page after page: what was read, and a button for the rest.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Query } from "../api/client.ts";
import { useDashboard } from "../api/dashboard.ts";
import type { ListPage } from "../api/page-list.ts";
import { RequestError } from "../api/problem-error.ts";
import { type ResourceOptions, useResource } from "../api/resource.ts";
import { Loaded } from "./states.tsx";

export interface MoreProps<T> {
  readonly path: string;
  readonly query?: Query;
  readonly what: string;
  readonly empty: ComponentChildren;
  readonly options?: ResourceOptions;
  readonly children: (items: readonly T[]) => ComponentChildren;
}

/** The first page stays fresh by itself; further ones are as they were read. */
export function More<T>({ path, query = {}, what, empty, options, children }: MoreProps<T>) {
  const { client, toasts } = useDashboard();
  const first = useResource<ListPage<T>>(path, query, options);
  const rest = useSignal<ListPage<T> | undefined>(undefined);
  const key = JSON.stringify([path, query]);
  useEffect(() => {
    rest.value = undefined;
  }, [key]);
  const more = async (cursor: string) => {
    try {
      const page = await client.get<ListPage<T>>(path, { ...query, cursor });
      rest.value = { items: [...(rest.peek()?.items ?? []), ...page.items], next: page.next };
    } catch (thrown) {
      toasts.show("bad", thrown instanceof RequestError ? thrown.message : String(thrown));
    }
  };
  return (
    <Loaded of={first} what={what} isEmpty={({ items }) => items.length === 0} empty={empty}>
      {(page) => {
        const next = rest.value === undefined ? page.next : rest.value.next;
        return (
          <>
            {children([...page.items, ...(rest.value?.items ?? [])])}
            {next === null ? null : (
              <div class="row">
                <button type="button" class="button" onClick={() => void more(next)}>
                  More {what}
                </button>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
