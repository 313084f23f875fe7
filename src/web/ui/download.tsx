// A link to a file that the service makes.

import type { ComponentChildren } from "preact";
import { type Query, urlOf } from "../api/client.ts";

export function Download({
  path,
  query = {},
  children,
}: {
  readonly path: string;
  readonly query?: Query;
  readonly children: ComponentChildren;
}) {
  return (
    <a class="button" href={urlOf(path, query)} download target="_top">
      {children}
    </a>
  );
}
