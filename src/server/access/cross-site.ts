// Requests that another site's page may have caused. Browsers add cookies to those, but never a token in a header.
//
// Three independent defences: the cookie is SameSite=Strict; a request that changes something must carry a header that no form
// and no simple cross-origin request can carry; Origin and Sec-Fetch-Site must not name another site.

import { ServerError } from "../error.ts";

/** The header that the dashboard sends with every request. */
const REQUEST_HEADER = "x-outdial-request";

/** Throws ServerError `cross_site` for a request with a cookie that another site may have caused. */
export function refuseCrossSite(request: Request, origins: readonly string[], changes: boolean): void {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && !(site === "none" && !changes))
    throw new ServerError("cross_site", `the request comes from another site (Sec-Fetch-Site: ${site})`);
  const origin = request.headers.get("origin");
  if (origin !== null && !origins.includes(origin))
    throw new ServerError("cross_site", "the request comes from another origin than this service's");
  if (changes && request.headers.get(REQUEST_HEADER) === null)
    throw new ServerError("cross_site", `a request with a session needs the header ${REQUEST_HEADER}`);
}

/** The public name, this machine's own, or an address: no stranger's name can be made to point to one of these. */
export function isOurs(host: string, publicUrl: string | undefined): boolean {
  if (publicUrl !== undefined && URL.canParse(publicUrl) && new URL(publicUrl).host === host) return true;
  return /^(localhost|\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])(:\d{1,5})?$/.test(host);
}

/** Throws ServerError `wrong_host` for a name that is not ours: a page elsewhere may have had its own name point here. */
export function refuseWrongHost(host: string | undefined, hosts: (name: string) => boolean): void {
  if (host === undefined || !hosts(host.toLowerCase()))
    throw new ServerError("wrong_host", "the Host header is none of the names of this service", {
      advice: "Set it as service.publicUrl in outdial.yaml, or use the address that outdial serve printed.",
    });
}
