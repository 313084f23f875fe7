// The header of a page and its title in the browser.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useTenant } from "../ui/where.tsx";

interface PageProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly crumb?: ComponentChildren;
  readonly beside?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Page({ title, lead, crumb, beside, actions, children }: PageProps) {
  const tenant = useTenant()?.name;
  useEffect(() => {
    document.title = [title, tenant, "outdial"].filter(Boolean).join(" · ");
  }, [title, tenant]);
  return (
    <>
      <div class="page-head">
        {crumb === undefined ? null : <div class="crumb">{crumb}</div>}
        <h1>{title}</h1>
        {beside}
        {actions === undefined ? null : <div class="row actions">{actions}</div>}
        {lead === undefined ? null : <p>{lead}</p>}
      </div>
      {children}
    </>
  );
}
