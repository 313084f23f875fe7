// The address of a database: what libpq's words for encryption in it mean to the driver, and the password that it lacks.

import { StoreError } from "../error.ts";

const MODES = ["disable", "require", "verify-ca", "verify-full"];
/** Libpq's parameters about encryption that the driver has, and the variables that have them for an address without. */
const WORDS = { sslmode: "PGSSLMODE", sslrootcert: "PGSSLROOTCERT", sslcert: "PGSSLCERT", sslkey: "PGSSLKEY" } as const;

/** Parameters that ask for more than encryption, with their variables; the driver passes them over. */
const MORE = { channel_binding: "PGCHANNELBINDING", gssencmode: "PGGSSENCMODE" } as const;

/**
 * An address that the driver takes as libpq would: `require` encrypts and looks at no certificate unless `sslrootcert` names an
 * authority, `verify-ca` looks at the authority, `verify-full` at the name, too. Throws StoreError `unsuitable_database` for
 * words whose meaning the driver does not have, and for those that it would pass over: an address that asks for encryption gets it.
 * @param environment has the words of an address without them: the driver would read PGSSLMODE in its own meaning, and not the others
 */
export function driverAddress(url: string, environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const query = new URLSearchParams(url.slice(url.includes("?") ? url.indexOf("?") : url.length));
  // Of several the last one counts, as with libpq and the driver.
  const written = (name: string) => query.getAll(name).at(-1);
  const given = (name: keyof typeof WORDS) => written(name) ?? (environment[WORDS[name]] || undefined);
  for (const name of query.keys())
    if (/^ssl/i.test(name) && name !== "ssl" && !Object.hasOwn(WORDS, name))
      throw refused(`the database URL: ${name} is not known; known are ${Object.keys(WORDS).join(", ")}`);
  for (const [name, variable] of Object.entries(MORE)) {
    const [asked, where] = query.has(name) ? [written(name), `the database URL: ${name}`] : [environment[variable], variable];
    if (asked === "require")
      throw refused(`${where}=require is not offered; sslmode=verify-full makes sure of the server by its certificate`);
  }
  const [short, root] = [written("ssl"), given("sslrootcert")];
  if (short !== undefined && short !== "true") throw refused(`the database URL: ssl=${short} is not known`);
  const mode =
    given("sslmode") ?? (short === undefined ? undefined : "require") ?? (root === "system" ? "verify-full" : undefined);
  if (mode === undefined) return url;
  const told = query.has("sslmode") || !environment["PGSSLMODE"] ? `the database URL: sslmode=${mode}` : `PGSSLMODE=${mode}`;
  if (mode === "prefer" || mode === "allow")
    throw refused(`${told} encrypts or does not, as the server likes; outdial does one or the other`);
  if (!MODES.includes(mode)) throw refused(`${told} is not known`);
  if (mode === "verify-ca" && (root === undefined || root === "system"))
    throw refused(`${told} needs the certificate of an authority: sslrootcert=FILE`);
  if (root === "system" && mode !== "verify-full")
    throw refused(`${told}: sslrootcert=system goes with sslmode=verify-full only`);
  // The driver takes the authorities of this machine's Node when none is named.
  const named = root === "system" ? url.replaceAll(/sslrootcert=[^&]*(?:&|$)/g, "").replace(/[?&]$/, "") : url;
  // The driver has libpq's meaning with its own word only.
  const more = { sslrootcert: root, sslcert: given("sslcert"), sslkey: given("sslkey"), uselibpqcompat: "true" };
  return Object.entries({ sslmode: mode, ...(mode === "disable" ? {} : more) })
    .filter(([name, value]) => ![undefined, "system", written(name)].includes(value))
    .reduce((all, [name, value = ""]) => `${all}${all.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`, named);
}

/**
 * An address that the driver takes as libpq would, see `driverAddress`, with the password of PGPASSFILE (`~/.pgpass`) when neither it nor
 * PGPASSWORD has one: the driver gives up reading that file.
 */
export async function databaseAddress(url: string): Promise<string> {
  const address = driverAddress(url);
  const [{ default: pg }, { default: pgpass }] = await Promise.all([import("pg"), import("pgpass")]);
  const { host, port, database, user = "", password } = new pg.Client({ connectionString: address });
  if (password) return address;
  const found = await new Promise<string | undefined>((resolve) => pgpass({ host, port, database, user }, resolve));
  if (found === undefined) return address;
  return address.replace(
    /^(\w+:\/\/)(?:([^@/?:]*)(?::[^@/?]*)?@)?/,
    (_, scheme: string, name: string | undefined) => `${scheme}${name || encodeURIComponent(user)}:${encodeURIComponent(found)}@`,
  );
}

const refused = (why: string) =>
  new StoreError("unsuitable_database", why, { advice: `sslmode is one of: ${MODES.join(", ")}.` });
