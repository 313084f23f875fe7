// Starts the dashboard in the page: the browser's clock, randomness and network are passed in here and nowhere else.

import { render } from "preact";
import { createDashboard } from "./api/dashboard.ts";
import "./design/tokens.css";
import "./design/base.css";
import "./design/shell.css";
import "./design/layout.css";
import "./design/controls.css";
import "./design/values.css";
import "./design/tables.css";
import "./design/charts.css";
import "./design/notices.css";
import "./design/dialogs.css";
import "./design/editor.css";
import { App } from "./shell/app.tsx";
import { loadAhead } from "./shell/pages.tsx";
import { applyTheme, storedTheme } from "./shell/theme.ts";
import { keepFocus } from "./ui/focus.ts";
import { readIn, timeFormat } from "./view/format.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
applyTheme(storedTheme(localStorage), document.documentElement, localStorage);
const dashboard = createDashboard({
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  chance: () => Math.random(),
  // Not randomUUID, which is not available over plain http except on loopback.
  newKey: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
});
readIn(navigator.language);
loadAhead(location.pathname);
if (location.pathname === "/") dashboard.client.ahead("campaigns.list", {});
keepFocus();
render(<App dashboard={dashboard} />, root);
// Creating the first time format takes the browser 10 ms and more: this is done while the service answers.
timeFormat();
