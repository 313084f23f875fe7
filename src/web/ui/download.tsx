// A link to a file that the service makes.

import type { ComponentChildren } from "preact";
import { type Asking, addressOf, type Operation } from "../api/operation.ts";

interface DownloadProps<Id extends Operation> {
  readonly of: Id;
  readonly asking: Asking<Id>;
  /** The file's name on the person's machine. */
  readonly name: string;
  readonly children: ComponentChildren;
}

export function Download<Id extends Operation>({ of, asking, name, children }: DownloadProps<Id>) {
  return (
    <a class="button quiet" href={addressOf(of, asking).url} download={name} target="_top">
      {children}
    </a>
  );
}
