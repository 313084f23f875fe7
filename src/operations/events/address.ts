// Which addresses events may be sent to, and a name look-up that enforces it. An address chosen by others must not give access to
// this network, not even by a name whose address changes between the check and the connection (DNS rebinding). So a name is
// resolved once per connection, each of its addresses is checked, and the connection goes to a checked address.

import { lookup as systemLookup } from "node:dns";
import ipaddr from "ipaddr.js";

/**
 * - `public`: addresses of the internet only
 * - `loopback`: this machine only
 * - `private`: this machine and private networks only (plain http must not leave them)
 * - `any`: all of them
 */
export type AddressScope = "public" | "loopback" | "private" | "any";

/** The class of an address; `never` ones cannot be a receiver: link-local, cloud metadata services, multicast, reserved. */
type AddressClass = "public" | "loopback" | "private" | "never";

/** Addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** A look-up of names for connections, as `net.connect` takes it. */
export type Lookup = (
  hostname: string,
  options: { readonly all?: boolean | undefined },
  answer: (error: Error | null, address: string | { address: string; family: number }[], family?: number) => void,
) => void;

/** Metadata services outside of link-local: of Azure, Alibaba, AWS (IPv6) and Oracle. */
const METADATA: ReadonlySet<string> = new Set(["168.63.129.16", "100.100.100.200", "fd00:ec2::254", "192.0.0.192"]);

const CLASSES: Readonly<Record<string, AddressClass>> = {
  unicast: "public",
  loopback: "loopback",
  private: "private",
  carrierGradeNat: "private",
  uniqueLocal: "private",
};

const ALLOWED: Readonly<Record<AddressScope, ReadonlySet<AddressClass>>> = {
  public: new Set(["public"]),
  loopback: new Set(["loopback"]),
  private: new Set(["loopback", "private"]),
  any: new Set(["loopback", "private", "public"]),
};

/**
 * The class of an IP address. Other text is `never`. An address that contains an IPv4 address (mapped, NAT64) has the class of
 * that one. Pure.
 */
export function classOf(address: string): AddressClass {
  if (!ipaddr.isValid(address)) return "never";
  let parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv6" && parsed.range() === "rfc6052") parsed = new ipaddr.IPv4(parsed.toByteArray().slice(12));
  if (METADATA.has(parsed.toString())) return "never";
  return CLASSES[parsed.range()] ?? "never";
}

/** Whether an address lies in a scope. Pure. */
export function allowedIn(scope: AddressScope, address: string): boolean {
  return ALLOWED[scope].has(classOf(address));
}

/** Thrown instead of connecting. It names the host but never the address: addresses of this network must not be disclosed. */
class AddressRefused extends Error {
  readonly code = "address_refused";

  constructor(hostname: string, scope: AddressScope) {
    const wanted = {
      public: "on the internet; allowPrivate in the receiver's settings permits private networks",
      loopback: "on this machine",
      private: "in a private network, which plain http must not leave",
      any: "one that a receiver can have",
    } as const;
    super(`an address of ${hostname} is not ${wanted[scope]}`);
  }
}

/** A look-up for connections: returns all addresses of the name, or an error when one of them is outside of the scope. */
export function guardedLookup(scope: AddressScope, resolve: Resolve = resolveAll): Lookup {
  return (hostname, options, answer) => {
    const judged = resolve(hostname).then((found) => judge(hostname, scope, found));
    void judged.then(
      (addresses) => {
        const [{ address, family }] = addresses;
        if (options.all === true) answer(null, [...addresses]);
        else answer(null, address, family);
      },
      (error: Error) => {
        answer(error, "", 0);
      },
    );
  };
}

interface Judged {
  readonly address: string;
  readonly family: 4 | 6;
}

function judge(hostname: string, scope: AddressScope, found: readonly string[]): readonly [Judged, ...Judged[]] {
  const [first, ...others] = found.map((address): Judged => ({ address, family: address.includes(":") ? 6 : 4 }));
  if (first === undefined || found.some((address) => !allowedIn(scope, address))) throw new AddressRefused(hostname, scope);
  return [first, ...others];
}

function resolveAll(hostname: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(error);
    });
  });
}
