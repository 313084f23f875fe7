// The service that commands work through: its address and a token for it, from the environment.

import { isLoopback } from "../../tenant/index.ts";
import { ConfigError } from "../config-error.ts";
import type { Environment } from "../environment.ts";
import type { Silence } from "./silence.ts";

/** A service of outdial, and the token that is sent to it and nowhere else. */
export interface ServiceAddress {
  /** Origin and path before `/api/v1`, without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** Tells a person who waits that the service does not answer. */
  readonly silence?: Silence;
}

/** What OUTDIAL_URL and OUTDIAL_TOKEN name; undefined where OUTDIAL_URL has no text. Throws ConfigError. */
export function serviceAddress({
  OUTDIAL_URL: written = "",
  OUTDIAL_TOKEN: token = "",
}: Environment): ServiceAddress | undefined {
  if (written === "") return undefined;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol))
    throw new ConfigError("OUTDIAL_URL is no address; give one such as https://outdial.example.com");
  // Nothing of the address but its host: it may hold a password.
  if (url.username !== "" || url.password !== "")
    throw new ConfigError("OUTDIAL_URL must not carry credentials", "Put the token into OUTDIAL_TOKEN.");
  if (url.search !== "" || url.hash !== "") throw new ConfigError("OUTDIAL_URL must not carry a query or a fragment");
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw new ConfigError(
      `OUTDIAL_URL: http://${url.host} is not allowed: https only, http on loopback only`,
      "Plain http would show the token to everyone on the way.",
    );
  if (!/^[\x21-\x7e]{1,200}$/.test(token))
    throw new ConfigError(
      token === ""
        ? `OUTDIAL_TOKEN is not set: a token of the service at ${url.host}`
        : "OUTDIAL_TOKEN is no token: it has blanks, or more than 200 characters",
      "outdial serve token add NAME --role operator makes one, where the service runs.",
    );
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, token };
}
