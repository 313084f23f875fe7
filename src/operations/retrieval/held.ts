// What the lake has of calls, as the store knows it.

import type { HeldSource } from "../../outcomes/index.ts";
import type { Store } from "../../store/index.ts";

/** Reads it from the retrievals of a store. */
export const heldIn =
  ({ retrievals, profile }: Pick<Store, "profile"> & { readonly retrievals: Pick<Store["retrievals"], "held"> }): HeldSource =>
  async (query) => ({ ...(await retrievals.held(query)), tellsDials: profile === "acd" });
