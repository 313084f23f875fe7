// The reference of the API as a page without scripts, with one style sheet, every text escaped.

import { problemCodes } from "../http/problem.ts";
import { describe } from "./openapi.ts";
import { API } from "./route.ts";
import type { ApiRoute } from "./route-types.ts";

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem}
article{border-top:1px solid #8884;padding:.5rem 0}
code{font-family:ui-monospace,monospace}
.method{display:inline-block;min-width:4.5rem;text-transform:uppercase;font-weight:600}
.role{opacity:.75}
table{border-collapse:collapse}td,th{padding:.15rem 1rem .15rem 0;text-align:left}`;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => ESCAPES[one] ?? one);

/** The style sheet. */
export const referenceStyle = (): string => STYLE;

/** The page. */
export function referencePage(routes: readonly ApiRoute[], version: string): string {
  const groups = Map.groupBy(routes, ({ id }) => id.split(".")[0] ?? "api");
  const sections = [...groups].map(
    ([name, ones]) => `<h2 id="${escape(name)}">${escape(name)}</h2>${ones.map(article).join("")}`,
  );
  const codes = problemCodes().map(
    ({ code, status, title }) =>
      `<tr id="${escape(code)}"><td><code>${escape(code)}</code></td><td>${status}</td><td>${escape(title)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>outdial API</title><link rel="stylesheet" href="${API}/reference.css"></head>
<body><h1>outdial API</h1><p>Version ${escape(version)}. The same as a machine reads it: <a href="${API}/openapi.json">OpenAPI 3.1</a>.</p>
${sections.join("\n")}
<h2 id="problems">Codes of problems</h2><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>${codes.join("")}</tbody></table>
</body></html>
`;
}

function article(route: ApiRoute): string {
  const fields = [
    ["path", route.params],
    ["query", route.query],
  ] as const;
  const names = fields.flatMap(([where, schema]) =>
    schema === undefined
      ? []
      : [
          `${where}: ${Object.keys(schema.shape)
            .map((name) => `<code>${escape(name)}</code>`)
            .join(", ")}`,
        ],
  );
  const body = route.upload === undefined ? (route.body === undefined ? [] : ["body: JSON"]) : ["body: a file"];
  return `<article id="${escape(route.id)}"><p><span class="method">${route.method}</span> <code>${escape(route.path)}</code></p>
<p>${escape(route.summary)}. <span class="role">${escape(describe(route))}</span></p><p>${[...names, ...body].join(" · ")}</p></article>`;
}
