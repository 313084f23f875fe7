// A link to a file that the service makes.

import type { ComponentChildren } from "preact";
import { type Query, urlOf } from "../api/client.ts";

export interface DownloadProps {
  readonly path: string;
  readonly query?: Query;
  /** What it is called on the person's machine. */
  readonly name: string;
  readonly children: ComponentChildren;
}

export function Download({ path, query = {}, name, children }: DownloadProps) {
  return (
    <a class="button quiet" href={urlOf(path, query)} download={name} target="_top">
      {children}
    </a>
  );
}
