// The shapes of the tenant's replies as last seen, so that changes are noticed.

import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import type { NewEvent } from "../outbox/types.ts";

/** Shapes of the tenant's replies as last seen. */
export class ReplyShapes extends Ledger {
  /** Shapes by operation. */
  async all(): Promise<Readonly<Record<string, string>>> {
    const rows = await this.store.query<{ operation: string; shape: string }>(
      "select operation, shape from outdial.reply_shapes",
    );
    return Object.fromEntries(rows.map(({ operation, shape }) => [operation, shape]));
  }

  /** Stores a shape that was seen for the first time. */
  async keep(operation: string, shape: string): Promise<void> {
    await this.store.query(
      "insert into outdial.reply_shapes (operation, shape, seen_at) values ($1, $2, $3) on conflict (operation) do nothing",
      [operation, shape, new Date(this.store.now())],
    );
  }

  /** Replaces a shape, with audit entries and events about it. @returns false when another process was first */
  change(
    operation: string,
    shape: string,
    { audit, events }: { readonly audit: AuditInput; readonly events: readonly NewEvent[] },
  ): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const changed = await tx.change(
        `insert into outdial.reply_shapes (operation, shape, seen_at) values ($1, $2, $3)
          on conflict (operation) do update set shape = excluded.shape, seen_at = excluded.seen_at
          where reply_shapes.shape <> excluded.shape`,
        [operation, shape, new Date(this.store.now())],
      );
      if (changed === 0) return false;
      tx.audit([audit]);
      tx.emit(events);
      return true;
    });
  }
}
