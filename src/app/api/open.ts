// The API for a command: in this process, or at the service in OUTDIAL_URL.

import type { Clock } from "../../kernel/index.ts";
import type { Flags } from "../config.ts";
import type { Environment } from "../environment.ts";
import type { ServiceAddress } from "../over-service/address.ts";
import { ServiceClient } from "../over-service/client.ts";
import type { ApiClient } from "./client.ts";
import { HereClient, type HereOperation } from "./here.ts";

export type { HereOperation };

/** @param io.signal ends requests to a service */
export function openApi(
  place: Flags & { readonly service: ServiceAddress | undefined },
  io: { readonly env: Environment; readonly signal: AbortSignal; readonly clock: Clock; readonly say: (message: string) => void },
): ApiClient<HereOperation> {
  const { clock, say: warn } = io;
  return place.service === undefined
    ? new HereClient(place, io.env, { warn })
    : new ServiceClient(place.service, io.signal, { clock, warn });
}
