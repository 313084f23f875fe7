// Chromium for benchmarks.

import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Flags of the package that more than one page does not survive. */
const NOT_HERE = new Set(["--single-process"]);

export async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  return playwright.launch({ executablePath, args: chromium.args.filter((flag) => !NOT_HERE.has(flag)) });
}
