// How a report looks as HTML: colours, light and dark, and the style sheet.

/** The dashboard's colours, by their names in its tokens.css: light, dark. */
export const COLOURS = {
  page: ["#f5f5f1", "#121517"],
  surface: ["#ffffff", "#1a1e21"],
  line: ["#dcdcd4", "#2e3439"],
  "line-strong": ["#8b8b82", "#6b747b"],
  text: ["#1b1f1e", "#e6e9e8"],
  muted: ["#5a605d", "#9ea8a8"],
  accent: ["#0b5f58", "#5cc4b8"],
  good: ["#1f6b34", "#74c98a"],
  warn: ["#7f5200", "#e8b44f"],
  bad: ["#a5281f", "#f28b80"],
  info: ["#2c4f8f", "#93b4ee"],
} as const;

const palette = (scheme: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([name, colours]) => `--${name}:${colours[scheme]}`)
    .join(";");

// Printed light, whatever the screen's colour scheme.
export const STYLE = `
:root{color-scheme:light dark;${palette(0)};--font:"Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue","Open Sans",sans-serif}
@media screen and (prefers-color-scheme:dark){:root{${palette(1)}}}
*{box-sizing:border-box}html{background:var(--page);color:var(--text);font:14px/1.45 var(--font);font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
body{margin:0}main{display:grid;gap:12px;max-width:1120px;margin:0 auto;padding:20px 16px 48px;grid-template-columns:minmax(0,1fr)}
h1,h2{margin:0;line-height:1.2;font-weight:620;text-wrap:balance;overflow-wrap:anywhere}h1{font-size:22px;letter-spacing:-.012em}h2{font-size:16px;margin-bottom:10px}
p{margin:0;max-width:90ch;overflow-wrap:anywhere}section p+p{margin-top:6px}.soft{color:var(--muted)}header{display:grid;gap:4px}
section{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:14px 16px;min-width:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));margin:0;background:var(--surface);border:1px solid var(--line);border-radius:6px;overflow:hidden}
.figures>div{padding:10px 13px;box-shadow:0 0 0 .5px var(--line)}dt,.figures .note{font-size:12.5px;color:var(--muted)}dd{margin:0}.figures .value{font-size:22px;font-weight:620;line-height:1.2;letter-spacing:-.01em}
.alert{color:var(--warn);font-weight:600}
.wide{overflow-x:auto}section>.wide{margin:0 -16px}section>.wide:last-child{margin-bottom:-14px}.wide.plot{padding:0 16px}*+.wide.table{margin-top:10px;border-top:1px solid var(--line)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:7px 12px;overflow-wrap:anywhere}th:first-child,td:first-child{padding-left:16px;min-width:9em}th:last-child,td:last-child{padding-right:16px}
thead th{font-size:12.5px;font-weight:550;color:var(--muted);white-space:nowrap;border-bottom:1px solid var(--line)}tbody tr+tr>td{border-top:1px solid var(--line)}td.n,th.n{text-align:right;white-space:nowrap}
svg{display:block;width:100%;min-width:600px;height:auto;margin:4px 0}svg.short{min-width:0;height:22px;border-radius:3px}.grid{stroke:var(--line)}.tick,.mark{fill:var(--muted);font-size:11px;font-family:var(--font)}.band{fill:var(--accent);opacity:.18}
.line{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}.point{fill:var(--accent)}.volume{fill:var(--line-strong);opacity:.55}.bar{fill:var(--accent);opacity:.75}.hover{fill:transparent}
.whisker{stroke:var(--text);fill:none;stroke-width:1.2}.change{stroke:var(--warn);stroke-dasharray:4 3;stroke-width:1.5}.mark{fill:var(--warn)}
.success{--of:var(--good)}.warm{--of:var(--warn)}.cold{--of:var(--info)}.neutral{--of:var(--line-strong)}.failure{--of:var(--bad)}.category{fill:var(--of);stroke:var(--surface)}.key{background:var(--of)}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}li{margin-bottom:4px}ul{margin:0;padding-left:20px}
@page{margin:14mm}@media print{html{background:none;font-size:10pt}main{padding:0;max-width:none}section,.figures>div,tr,svg{break-inside:avoid}section:has(tr:nth-child(25)){break-inside:auto}thead{display:table-header-group}h2{break-after:avoid}
.wide{overflow:visible}svg{min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
