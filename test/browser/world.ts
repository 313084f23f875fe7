// The dashboard as a person meets it: the whole service over a sandbox, and Chromium with a signed-in page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserContext, type Locator, type Page, chromium as playwright } from "playwright-core";
import { expect } from "vitest";
import type { RunningService } from "../../src/app/index.ts";
import { defaultScenario } from "../../src/sandbox/index.ts";
import { PAGES } from "../support/pages-setup.ts";
import { type StartedService, startService } from "../support/service.ts";

/** Flags of the package that would hide what is tested here, or that more than one page does not survive. */
const NOT_HERE = new Set([
  "--single-process",
  "--disable-web-security",
  "--allow-running-insecure-content",
  // Pages are drawn without a graphics processor; imitating one takes a fifth of a run's processor time.
  "--ignore-gpu-blocklist",
  "--in-process-gpu",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
]);

/** Longest a page may take for one thing, ms; only a failure waits so long. */
const PATIENCE = 15_000;
/** Longest until a page is drawn on a busy machine, ms. */
const LONG = 60_000;
/** Before anything is drawn nothing is loading either. */
const IS_DRAWN = `(() => {
  const head = document.querySelector("main .page-head");
  const below = [...(head?.parentElement?.children ?? [])].filter((one) => one !== head && one.textContent !== "");
  return below.length > 0 && document.querySelector(".state.loading") === null;
})()`;

/** Whether something has the focus that the next key goes to. */
export const HAS_FOCUS = "document.activeElement !== document.body && !document.activeElement.matches(':disabled')";
/** Whether the page's clock was replaced, which holds for its whole profile. */
const IS_TOUCHED = `!Date.toString().includes("[native code]")`;

/** Controls that are disabled without saying why: none of the texts that describe them is on the page for everybody. */
const UNEXPLAINED = `[...document.querySelectorAll(":disabled")].filter((one) => one.checkVisibility()).filter((one) => {
  const texts = (one.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id));
  return !texts.some((text) => text !== null && text.checkVisibility() && text.offsetWidth > 1 && text.innerText.trim() !== "");
}).map((one) => "disabled without a reason: " + (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent))`;

/** Rules of axe whose findings are moderate or minor, switched off: those are left out of what is told, and looking for them costs a third of the time. */
const LIGHT_RULES = `Object.fromEntries(axe._audit.rules.filter(({ impact }) => impact === "moderate" || impact === "minor").map(({ id }) => [id, { enabled: false }]))`;

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
  /** The browser's language; default en-US. */
  readonly locale?: string;
}

export const WIDE: Look = { width: 1280, height: 800, colorScheme: "light" };
export const NARROW: Look = { width: 390, height: 844, colorScheme: "dark" };

/** A page with everything that went wrong in it. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Errors thrown in the page and refusals of its content security policy. */
  readonly faults: readonly string[];
  /** Goes to a page within the dashboard, as a link does: the document stays. */
  go(path: string): Promise<void>;
  /** Waits until a page is drawn: its heading, something below it, and nothing that is still loading. @param title the heading; any by default */
  drawn(title?: string): Promise<void>;
  /** Violations that axe calls serious or critical, each with where it is, and controls that are disabled without a visible text that says why. */
  violations(): Promise<string[]>;
  /** Carries out a verb by the keyboard alone: the control can be reached with Tab, Enter does it, and the focus is nowhere at the page's beginning then. */
  press(control: Locator): Promise<void>;
  /** By how many pixels the page is wider than its window. */
  overflow(): Promise<number>;
}

/** Chromium with a service's dashboard. */
export interface DashboardBrowser extends AsyncDisposable {
  /**
   * A browser profile of one person in which nothing is stored, signed in or not at all; go to a page next: the first one of a person is signed in by a one-time link and shows the first page,
   * later ones have the same session and show nothing yet.
   * @param by another address that leads to the service; @param name who it is; `operator-person` and the like by default
   */
  open(look: Look, role?: "viewer" | "operator" | "admin", by?: string, name?: string): Promise<Opened>;
}

export interface BrowserWorld extends DashboardBrowser {
  readonly whole: StartedService;
}

/** The default tenant, on which nothing takes longer than it must: calls are over in seconds, settings are soon active, lists are short. */
function quickTenant(): Record<string, unknown> {
  const { contactLists, ...rest } = defaultScenario();
  const short = contactLists.map((list) => ({ ...list, talk: 2, wrap: 1, generate: { ...list.generate, count: 1000 } }));
  return { ...rest, contactLists: short, activation: { seconds: 0.5 }, limits: "off" };
}

/** @param yaml further lines of outdial.yaml */
export async function openBrowserWorld(yaml = ""): Promise<BrowserWorld> {
  await using stack = new AsyncDisposableStack();
  const whole = stack.use(await startService({ yaml, sandbox: { scenario: quickTenant() }, pages: PAGES }));
  const browser = stack.use(await openDashboardBrowser(whole.service));
  const owned = stack.move();
  return { whole, open: (...asked) => browser.open(...asked), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The address by which the pages name the tenant. */
export async function tenantHost(whole: Pick<StartedService, "get">): Promise<string> {
  const { service } = (await whole.get("/api/v1/me")) as { readonly service: { readonly tenant: { readonly address: string } } };
  return new URL(service.tenant.address).host;
}

/** Starts Chromium for a service that runs. */
export async function openDashboardBrowser(service: Pick<RunningService, "url" | "loginLink">): Promise<DashboardBrowser> {
  const browser = await launchBrowser();
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  /** Cookies of whoever signed in before, by person and address: signing in draws a page that nobody looks at. */
  const signedIn = new Map<string, Awaited<ReturnType<BrowserContext["cookies"]>>>();
  /** Profiles that nobody uses any more, by who used them and the look: they have the dashboard's code compiled. */
  const left = new Map<string, BrowserContext>();
  return {
    async open({ width, height, colorScheme, locale = "en-US" }, role, by = service.url, name = `${role}-person`) {
      const profile = `${name} ${role} ${by} ${width} ${height} ${colorScheme} ${locale}`;
      const context =
        left.get(profile) ?? (await browser.newContext({ viewport: { width, height }, colorScheme, locale, timezoneId: "UTC" }));
      left.delete(profile);
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => {
        const text = message.text();
        if (message.type() === "error" && !text.startsWith("Failed to load resource")) faults.push(text);
      });
      if (role === undefined) await page.goto(by);
      else {
        const person = `${name} ${role} ${by}`;
        const cookies = signedIn.get(person);
        if (cookies === undefined) {
          const link = await service.loginLink(name, role);
          await page.goto(link.replace(service.url, by));
          await page.locator("nav a[aria-current=page]").waitFor({ state: "attached" });
          signedIn.set(person, await context.cookies());
        } else await context.addCookies(cookies);
      }
      return {
        page,
        faults,
        async go(path) {
          await page.evaluate(
            `((link) => { link.href = ${JSON.stringify(path)}; document.body.append(link); link.click(); link.remove(); })(document.createElement("a"))`,
          );
        },
        async drawn(title) {
          await page
            .getByRole("heading", { level: 1, ...(title === undefined ? {} : { name: title }) })
            .waitFor({ timeout: LONG });
          await expect.poll(() => page.evaluate<boolean>(IS_DRAWN), { timeout: LONG }).toBe(true);
        },
        async violations() {
          if (await page.evaluate<boolean>("window.axe === undefined")) await page.evaluate(`${axe};0`);
          const unexplained = await page.evaluate<string[]>(UNEXPLAINED);
          const found = await page.evaluate<string[]>(
            `axe.run({ resultTypes: ["violations"], rules: ${LIGHT_RULES} }).then(({ violations }) => violations
              .filter(({ impact }) => impact === "serious" || impact === "critical")
              .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " at " + target.join(" "))))`,
          );
          return [...unexplained, ...found];
        },
        async press(control) {
          await expect.poll(() => control.isEnabled(), { timeout: PATIENCE }).toBe(true);
          await control.focus();
          // What is behind a dialog takes no focus, and Tab passes what has an index below 0.
          expect(await control.and(page.locator(":focus:not([tabindex^='-'])")).count()).toBe(1);
          await page.keyboard.press("Enter");
          await expect.poll(() => page.evaluate<boolean>(HAS_FOCUS), { timeout: PATIENCE }).toBe(true);
        },
        overflow: () =>
          page.evaluate<number>("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"),
        async [Symbol.asyncDispose]() {
          if (role === undefined || left.has(profile) || (await page.evaluate<boolean>(IS_TOUCHED))) return await context.close();
          await page.evaluate("localStorage.clear()");
          await page.close();
          left.set(profile, context);
        },
      };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Starts Chromium. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  return await playwright.launch({
    executablePath,
    args: [...chromium.args.filter((flag) => !NOT_HERE.has(flag)), "--disable-gpu"],
  });
}
