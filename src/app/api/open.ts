// The API for a command: in this process, or at the service in OUTDIAL_URL.

import { type Clock, OutdialError } from "../../kernel/index.ts";
import type { Flags } from "../config.ts";
import type { Environment } from "../environment.ts";
import type { ServiceAddress } from "../over-service/address.ts";
import type { ApiClient } from "./client.ts";
import type { HereOperation, OwnSettings } from "./here.ts";

export type { HereOperation };

/** What a command gives to whatever it asks. */
interface Io {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly say: (message: string) => void;
  leave(): void;
}

/** @param io.signal ends the waiting for answers @param own throws OutdialError `invalid_input` when a service is to use it */
export async function openApi(
  place: Flags & { readonly service: ServiceAddress | undefined },
  io: Io,
  own: OwnSettings = {},
): Promise<ApiClient<HereOperation>> {
  const { clock, say: warn, signal } = io;
  if (place.service === undefined) {
    const { HereClient } = await import("./here.ts");
    return new HereClient(place, io.env, { warn, signal, leave: () => io.leave(), ...own });
  }
  const given = Object.entries(own).find(([, value]) => value !== undefined);
  if (given !== undefined)
    throw new OutdialError(
      "invalid_input",
      `--${given[0].replaceAll(/[A-Z]/g, (one) => `-${one.toLowerCase()}`)} does not go through a service: it works by its own configuration`,
    );
  const { ServiceClient } = await import("../over-service/client.ts");
  return new ServiceClient(place.service, signal, { clock, warn });
}
