// Refused lines for a person: the first ones of each kind, then how many more there were. A file of 100,000 wrong lines usually
// has one mistake.

import type { RefusedLine } from "../operations/index.ts";
import type { Io } from "./io.ts";
import { grouped, printable } from "./text.ts";

/** Number of lines of a kind that are printed one by one. */
const SHOWN = 3;

/** Prints refused lines; disposing prints the counts. */
export class Refusals implements Disposable {
  readonly #io: Pick<Io, "complain">;
  readonly #kinds = new Map<string, { readonly reason: string; count: number }>();

  constructor(io: Pick<Io, "complain">) {
    this.#io = io;
  }

  tell({ line, reason }: Pick<RefusedLine, "line" | "reason"> & { readonly field?: string | undefined }): void {
    const kind = reason.replaceAll(/"[^"]*"|\S*\d\S*/g, "#");
    const known = this.#kinds.get(kind) ?? { reason, count: 0 };
    known.count += 1;
    this.#kinds.set(kind, known);
    if (known.count <= SHOWN) this.#io.complain(`line ${line}: ${printable(reason)}`);
  }

  [Symbol.dispose](): void {
    for (const { reason, count } of this.#kinds.values())
      if (count > SHOWN) this.#io.complain(`and ${grouped(count - SHOWN)} more lines such as: ${printable(reason)}`);
  }
}
