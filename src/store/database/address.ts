// The address of a database: what libpq's words for encryption in it mean to the driver, and the password that it lacks.

import pg from "pg";
import pgpass from "pgpass";
import { StoreError } from "../error.ts";

const ALLOWED = "sslmode is one of: disable, require, verify-ca, verify-full";

/**
 * An address that the driver takes as libpq would: `require` encrypts and looks at no certificate unless `sslrootcert` names an
 * authority, `verify-ca` looks at the authority, `verify-full` at the name, too. Throws StoreError `unsuitable_database` for
 * words whose meaning the driver does not have.
 * @param otherwise the word of an address without one: PGSSLMODE, which the driver would read in its own meaning
 */
export function driverAddress(url: string, otherwise = process.env["PGSSLMODE"]): string {
  const query = new URLSearchParams(url.slice(url.includes("?") ? url.indexOf("?") : url.length));
  if (!query.has("sslmode") && otherwise)
    return driverAddress(`${url}${url.includes("?") ? "&" : "?"}sslmode=${encodeURIComponent(otherwise)}`, "");
  const [mode, root] = [query.get("sslmode"), query.get("sslrootcert")];
  if (mode === null) return url;
  if (mode === "prefer" || mode === "allow")
    throw refused(`sslmode=${mode} encrypts or does not, as the server likes; outdial does one or the other`);
  if (!/^(disable|require|verify-ca|verify-full|no-verify)$/.test(mode)) throw refused(`sslmode=${mode} is not known`);
  if (mode === "verify-ca" && (root === null || root === "system"))
    throw refused("sslmode=verify-ca needs the certificate of an authority: sslrootcert=FILE");
  if (root === "system" && mode !== "verify-full") throw refused("sslrootcert=system goes with sslmode=verify-full only");
  // The driver takes the authorities of this machine's Node when none is named.
  const named = root === "system" ? url.replace(/([?&])sslrootcert=system(&|$)/, "$1") : url;
  return /^(no-verify|disable)$/.test(mode) || query.has("uselibpqcompat")
    ? named
    : `${named.replace(/&$/, "")}&uselibpqcompat=true`;
}

/**
 * An address that the driver takes as libpq would, see `driverAddress`, with the password of PGPASSFILE (`~/.pgpass`) when neither it nor
 * PGPASSWORD has one: the driver gives up reading that file.
 */
export async function databaseAddress(url: string): Promise<string> {
  const address = driverAddress(url);
  const { host, port, database, user = "", password } = new pg.Client({ connectionString: address });
  if (password) return address;
  const found = await new Promise<string | undefined>((resolve) => pgpass({ host, port, database, user }, resolve));
  if (found === undefined) return address;
  return address.replace(
    /^(\w+:\/\/)(?:([^@/?:]*)(?::[^@/?]*)?@)?/,
    (_, scheme: string, name: string | undefined) => `${scheme}${name || encodeURIComponent(user)}:${encodeURIComponent(found)}@`,
  );
}

const refused = (why: string) => new StoreError("unsuitable_database", `the database URL: ${why}`, { advice: `${ALLOWED}.` });
