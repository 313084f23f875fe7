// The address of a database: what libpq's words for encryption in it mean to the driver. Pure.

import { StoreError } from "../error.ts";

const ALLOWED = "sslmode is one of: disable, require, verify-ca, verify-full";

/**
 * An address that the driver takes as libpq would: `require` encrypts and looks at no certificate unless `sslrootcert` names an
 * authority, `verify-ca` looks at the authority, `verify-full` at the name, too. Throws StoreError `unsuitable_database` for
 * words whose meaning the driver does not have.
 */
export function driverAddress(url: string): string {
  const query = new URLSearchParams(url.slice(url.includes("?") ? url.indexOf("?") : url.length));
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
  return mode === "no-verify" || query.has("uselibpqcompat") ? named : `${named.replace(/&$/, "")}&uselibpqcompat=true`;
}

const refused = (why: string) => new StoreError("unsuitable_database", `the database URL: ${why}`, { advice: `${ALLOWED}.` });
