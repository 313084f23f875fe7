// The example file of the demo: 2,000 rows for the sandbox's default campaign, a few of every kind of bad row among them.

const NOTES = [
  "",
  "Automated verification completed",
  "Asked for a call, after 5 pm",
  'Said "call me in May"',
  "Renewed for twelve months",
  "Línea cortada",
];
const TAGS = ["", "verified", "verified|priority_a", "callback;spring", "vip | verified"];

/** Bad and odd rows by the row number at which they stand. */
const ODD: Record<number, string> = {
  40: "call_000040,DIPS_001,REASON_001,typing error in the code,",
  95: "call_000095,DISP_009,,unknown code,",
  150: "call_000150,DISP_001,REASON_004,reason of another code,verified",
  205: "call_000205,DISP_002,REASON_044,unknown reason,",
  260: "call_000260,DISP_003,,eleven tags,a|b|c|d|e|f|g|h|i|j|k",
  315: ",DISP_001,REASON_001,no call,",
  370: "call 000370,DISP_001,REASON_001,white space in the id,",
  425: "1.23457E+15,DISP_001,REASON_001,shortened by a spreadsheet,",
  480: "call_000480,,,no code,",
  535: "call_000535,DISP_001,REASON_001,one, separator too many,",
  590: "call_000589,DISP_005,REASON_009,,",
  645: "call_900645,DISP_001,REASON_001,unknown to the tenant,",
  900: "call_000899,DISP_004,,contradicts the line above,",
  1410: "call_901410,DISP_002,REASON_003,unknown to the tenant,",
};

/** The text of examples/calls.csv. */
export function exampleCalls(): string {
  const rows = ["call_id,disposition_code_id,reason_code_id,notes,tags"];
  for (let n = 1; n <= 2000; n++) {
    const code = 1 + ((n * 7) % 5);
    const reason = 2 * code - (n % 2);
    const notes = NOTES[(n * 5) % NOTES.length] ?? "";
    const quoted = /[",]/.test(notes) ? `"${notes.replaceAll('"', '""')}"` : notes;
    rows.push(
      ODD[n] ??
        `${call(n)},DISP_${pad(code, 3)},${n % 4 === 0 ? "" : `REASON_${pad(reason, 3)}`},${quoted},${TAGS[n % TAGS.length]}`,
    );
  }
  const repeated = rows[589];
  if (repeated !== undefined) rows[590] = repeated;
  return `${rows.join("\n")}\n`;
}

/** Every hundredth call of the sandbox is locked; most of those are stepped over, so that the demo shows some and ends soon. */
function call(n: number): string {
  return `call_${pad(n % 100 === 0 && n > 500 ? n + 2003 : n, 6)}`;
}

function pad(n: number, width: number): string {
  return String(n).padStart(width, "0");
}
