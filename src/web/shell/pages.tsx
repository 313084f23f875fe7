// The pages: where each is, what it is called, and its code, which is loaded when it is first opened.

import { lazy } from "preact-iso";
import type { IconName } from "./icons.tsx";

export interface PageLink {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
}

export const PAGES: readonly PageLink[] = [
  { path: "/", name: "Campaigns", icon: "campaigns" },
  { path: "/dialer", name: "Dialer", icon: "dialer" },
  { path: "/simulator", name: "Simulator", icon: "simulator" },
  { path: "/jobs", name: "Jobs", icon: "jobs" },
  { path: "/outcomes", name: "Outcomes", icon: "outcomes" },
  { path: "/compliance", name: "Compliance", icon: "compliance" },
  { path: "/audit", name: "Audit", icon: "audit" },
  { path: "/deliveries", name: "Deliveries", icon: "deliveries" },
];

export const Campaigns = lazy(() => import("../pages/campaigns/page.tsx"));
export const Campaign = lazy(() => import("../pages/campaign/page.tsx"));
export const Dialer = lazy(() => import("../pages/dialer/page.tsx"));
export const Simulator = lazy(() => import("../pages/simulator/page.tsx"));
export const Jobs = lazy(() => import("../pages/jobs/page.tsx"));
export const Job = lazy(() => import("../pages/job/page.tsx"));
export const Outcomes = lazy(() => import("../pages/outcomes/page.tsx"));
export const Compliance = lazy(() => import("../pages/compliance/page.tsx"));
export const Approvals = lazy(() => import("../pages/approvals/page.tsx"));
export const Audit = lazy(() => import("../pages/audit/page.tsx"));
export const Deliveries = lazy(() => import("../pages/deliveries/page.tsx"));

/** A page that is of use only in four-eyes mode. */
export const APPROVALS: PageLink = { path: "/approvals", name: "Approvals", icon: "people" };

/** The page that a path belongs to: `/campaigns/7` is among the campaigns. */
export function pageOf(path: string): PageLink | undefined {
  const top = `/${path.split("/")[1] ?? ""}`;
  return [...PAGES, APPROVALS].find((page) => page.path === (top === "/campaigns" ? "/" : top));
}
