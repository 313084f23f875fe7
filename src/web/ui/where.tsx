// Which tenant this is: by name, address and a colour that follows from the address, so that two of them are not taken for each other.

import { useDashboard } from "../api/dashboard.ts";

/** As many as `.where` has in the style sheets. */
const COLOURS = 8;

/** Undefined where no tenant is configured, or nobody is signed in. */
export function useTenant() {
  const state = useDashboard().session.state.value;
  const tenant = state.kind === "signed_in" ? state.me.service.tenant : null;
  if (tenant === null) return undefined;
  const host = tenant.address.replace(/^https?:\/\//, "").replace(/\/$/, "");
  const colour =
    Array.from(tenant.address).reduce((sum, letter) => (31 * sum + (letter.codePointAt(0) ?? 0)) % 65_521, 7) % COLOURS;
  return { name: tenant.name ?? host, host, colour };
}

export function Where({ before }: { readonly before: string }) {
  const tenant = useTenant();
  return tenant === undefined ? null : (
    <p class={`where c${tenant.colour}`}>
      <span class="small">{before} </span>
      <strong class="break">{tenant.name}</strong>{" "}
      {tenant.host === tenant.name ? null : <span class="break small">{tenant.host}</span>}
    </p>
  );
}
