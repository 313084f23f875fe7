// The pages: path, name, and code, which is loaded when the page is first opened.

import type { ComponentType } from "preact";
import { lazy } from "preact-iso";
import type { Session } from "../api/session.ts";
import type { IconName } from "./icons.tsx";
import { Page } from "./page.tsx";

/** Shown when the code of a page could not be loaded: the service is away, or another version replaced it. */
function NotLoaded() {
  return (
    <Page title="Not loaded">
      <div class="state error" role="alert">
        <p>The code of this page did not come. The service may be away, or may have been replaced by a newer one.</p>
        <button type="button" class="button primary" onClick={() => location.reload()}>
          Load the dashboard again
        </button>
      </div>
    </Page>
  );
}

export interface PageLink {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
  /** The document that says how it works and why. */
  readonly docs: string;
}

const PAGES: readonly PageLink[] = [
  { path: "/", name: "Campaigns", icon: "campaigns", docs: "campaigns" },
  { path: "/campaign-files", name: "Campaign files", icon: "files", docs: "campaigns" },
  { path: "/dialer", name: "Dialer", icon: "dialer", docs: "dialer-settings" },
  { path: "/simulator", name: "Simulator", icon: "simulator", docs: "simulate" },
  { path: "/jobs", name: "Jobs", icon: "jobs", docs: "tagging" },
  { path: "/outcomes", name: "Outcomes", icon: "outcomes", docs: "outcomes" },
  { path: "/compliance", name: "Compliance", icon: "compliance", docs: "compliance" },
  { path: "/audit", name: "Audit", icon: "audit", docs: "audit" },
  { path: "/deliveries", name: "Deliveries", icon: "deliveries", docs: "events" },
  { path: "/tenant", name: "Tenant", icon: "tenant", docs: "profiles" },
];

/**
 * The code of a page, or a message when it is missing: after an update of the service, the files that the open page knows no
 * longer exist.
 */
function page(load: () => Promise<{ readonly default: ComponentType }>) {
  return lazy(() => load().catch(() => ({ default: NotLoaded })));
}

export const Campaigns = page(() => import("../pages/campaigns/page.tsx"));
export const Campaign = page(() => import("../pages/campaign/page.tsx"));
export const CampaignFiles = page(() => import("../pages/campaign-files/page.tsx"));
export const Dialer = page(() => import("../pages/dialer/page.tsx"));
export const Simulator = page(() => import("../pages/simulator/page.tsx"));
export const Jobs = page(() => import("../pages/jobs/page.tsx"));
export const Job = page(() => import("../pages/job/page.tsx"));
export const Outcomes = page(() => import("../pages/outcomes/page.tsx"));
export const Compliance = page(() => import("../pages/compliance/page.tsx"));
export const Approvals = page(() => import("../pages/approvals/page.tsx"));
export const Approval = page(() => import("../pages/approval/page.tsx"));
export const Audit = page(() => import("../pages/audit/page.tsx"));
export const Deliveries = page(() => import("../pages/deliveries/page.tsx"));
export const Access = page(() => import("../pages/access/page.tsx"));
export const Setup = page(() => import("../pages/setup/page.tsx"));
export const Tenant = page(() => import("../pages/tenant/page.tsx"));

const BY_TOP = {
  "": Campaigns,
  campaigns: Campaign,
  "campaign-files": CampaignFiles,
  dialer: Dialer,
  simulator: Simulator,
  jobs: Jobs,
  outcomes: Outcomes,
  audit: Audit,
} as const;

/** Begins to load the code for the page at a path, at the same time as the service is asked who is signed in. */
export function loadAhead(path: string): void {
  const top = path.split("/")[1] ?? "";
  void Object.entries(BY_TOP)
    .find(([name]) => name === top)?.[1]
    .preload();
}

/** A page that is only needed in four-eyes mode. */
export const APPROVALS: PageLink = { path: "/approvals", name: "Approvals", icon: "people", docs: "service" };

/** A page for whoever sets outdial up: what it says needs a person's act. */
const SETUP: PageLink = { path: "/setup", name: "Set up", icon: "setup", docs: "going-live" };

/** A page that only administrators need. */
const ACCESS: PageLink = { path: "/access", name: "Users and tokens", icon: "key", docs: "service" };

/** The pages for the person who is signed in. */
export function pagesOf({ state: { value }, may }: Session): readonly PageLink[] {
  return [
    ...PAGES,
    ...(value.kind === "signed_in" && value.me.service.fourEyes ? [APPROVALS] : []),
    ...(may("operator") ? [SETUP] : []),
    ...(may("admin") ? [ACCESS] : []),
  ];
}

/** The page that a path belongs to: `/campaigns/7` belongs to the campaigns. */
export function pageOf(path: string): PageLink | undefined {
  const top = `/${path.split("/")[1] ?? ""}`;
  return [...PAGES, APPROVALS, SETUP, ACCESS].find((page) => page.path === (top === "/campaigns" ? "/" : top));
}
