import fc from "fast-check";
import { expect, test } from "vitest";
import { readNumber } from "../../compliance/opt-outs.ts";
import { maskedCsv, maskedText, maskedValue } from "./texts.ts";

test.each([
  "+12125550177",
  "+1 212 555 0177",
  "+1 (212) 555-0177",
  "+1-212-555-0177",
  "+1.212.555.0177",
  "12125550177",
  "2125550177",
  "212-555-0177",
  "212.555.0177",
  "212 555 0177",
  "(212) 555-0177",
  "(212)555-0177",
  "1-212-555-0177",
  "+44 20 7946 0177",
  "+49 (30) 1234 0177",
])("%s is masked wherever it stands in a text", (number) => {
  for (const text of [
    number,
    `ring ${number}, please`,
    `+, ${number}`,
    `(, ${number}`,
    `(${number}).`,
    `${number}.csv`,
    `ticket:${number.startsWith("+") ? "" : " "}${number}\n`,
  ]) {
    expect(maskedText(text)).not.toMatch(/\d{3}/);
    expect(maskedText(text)).toContain("77");
  }
});

/** The digits of a text, whatever script they are of and whatever is between them. */
function plainDigits(text: string): string {
  const values = Array.from(text.normalize("NFKC")).map((one) => {
    const code = one.codePointAt(0) ?? 0;
    if ("〇一二三四五六七八九".includes(one)) return "〇一二三四五六七八九".indexOf(one);
    return [0x30, 0x660, 0x6f0, 0x966].map((zero) => code - zero).find((value) => value >= 0 && value <= 9);
  });
  return values.filter((value) => value !== undefined).join("");
}

test.each([
  "recording-2125550177.wav",
  "call_12125550177_1.csv",
  "２１２５５５０１７７ stop",
  "２１２-５５５-０１７７ asked",
  "１－２１２－５５５－０１７７",
  "2 1 2 5 5 5 0 1 7 7",
  "21 25 55 01 77",
  "212-5550-177",
  "1/212/555/0177",
  "212_555_0177",
  "212:555:0177",
  "212•555•0177",
  "212\u200b5550177",
  "212\u00ad555\u20600177",
  "٢١٢٥٥٥٠١٧٧",
  "٢١٢٥٥٥0177",
  "२१२५५५०१७७",
  "020 7946 0177",
  "555-0177",
  "••••23 / ••••24 / 415 555 77",
  "2125550177_a",
  "2125550177-",
  "job_2125550177a",
  "tel:2125550177",
  "2.125550177E+09",
  "2.1255501E+09",
  "case/2125550177-7, 2125550177-",
  "list-212-555-0177 of 3",
  "call_212-555-0177",
  "ev-2125550177-x",
  "campaign.status.changed.2125550177",
  "2026-11-25: 2125550177",
  "212x555x0177",
  "212X5550177",
  "212%20555%200177",
  "%28212%29%20555%2d0177",
  "%2B12125550177",
  "二一二五五五〇一七七",
  "二一二-五五五-零一七七",
  "212+555+0177",
  "2+1+2+5+5+5+0+1+7+7",
  "212 dash 555 dash 0177",
  "212&nbsp;555&nbsp;0177",
  "212的555的0177",
  "❷❶❷❺❺❺⓿❶❼❼",
])("the number in %s is masked", (text) => {
  const shown = maskedText(text);
  expect(shown).toContain("•••");
  expect(plainDigits(shown)).not.toMatch(/5550?1|125550|946/);
  expect(maskedText(shown)).toBe(shown);
});

const scripts = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "〇一二三四五六七八九"];
const number = fc.oneof(
  fc.stringMatching(/^[2-9]\d\d[2-9]\d{6}$/),
  fc.stringMatching(/^(1|\+1|001|011 1|\+1 \(|tel:\+1)[2-9]\d\d[2-9]\d{6}$/),
  fc.constantFrom("+442079460177", "00442079460177", "+44 (0)20 7946 0177", "+493012340177", "+6465550177"),
);
const apart = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  fc.constantFrom(" ", "-", ".", "/", ") ", " - ", "\u200b", "–", "·", ", ", "x", "%20"),
);
const written = fc
  .tuple(
    number,
    fc.constantFrom(...scripts),
    fc.array(apart, { minLength: 16, maxLength: 16 }),
    fc.constantFrom("", " x5", ".0", "'", ";ext=2"),
  )
  .map(([text, script, between, after]) => {
    const given = Array.from(text).map((one, place) =>
      /\d/.test(one) ? `${script[Number(one)]}${place > 0 ? between[place % 16] : ""}` : one,
    );
    return `${given.join("")}${after}`;
  });
const asWritten = fc.oneof(
  { weight: 3, arbitrary: written },
  fc.tuple(written, fc.constantFrom(" / ", " or ", ", ", " ", "\n"), written).map((parts) => parts.join("")),
  fc.stringMatching(/^[+(]?[\d .,/()-]{7,22}$/),
);

test("what the reader of numbers finds in a text is not readable after masking, also between words", () => {
  fc.assert(
    fc.property(
      asWritten,
      fc.constantFrom("", "ring ", "call_", "ticket: ", "("),
      fc.constantFrom("", " please", ")", "_a", "."),
      (text, before, after) => {
        const read = readNumber(text);
        if (!("numbers" in read)) return;
        const alone = isDated(text) && (read.numbers.length > 1 || /\p{L}/u.test(text)) ? [] : [maskedText(text)];
        for (const shown of [...alone, ...(isDated(text) ? [] : [maskedText(`${before}${text}${after}`)])]) {
          const digits = plainDigits(shown);
          for (const one of read.numbers) expect(digits).not.toContain(one.slice(-7));
        }
      },
    ),
    { numRuns: 3000 },
  );
});

/** A date or an address of a machine, which among words is what it looks like. */
const isDated = (text: string) =>
  /(?:19|20)\d\d([-./]?)\d\d\1\d\d|20\d\d\.\d{1,2}\.\d|(?:\d{1,3}\.){3}\d/.test(
    text
      .normalize("NFKC")
      .replaceAll(/\p{Cf}/gu, "")
      .replaceAll(/\p{Nd}/gu, (digit) => plainDigits(digit)),
  );

test("in CSV each cell is masked by itself, and counts stay", () => {
  const csv =
    'line,callId,reason\r\n1200300,call_212-555-0177,"ring 212,555,0177"\r\n12,2125550177,"[""２１２５５５０１７７""]"\r\n';
  const shown = 'line,callId,reason\r\n1200300,call_••••••••77,"ring ••••••••77"\r\n12,••••••••77,"[""••••••••77""]"\r\n';
  expect(maskedCsv(csv)).toBe(shown);
});

test.each([
  "2026-11-24T10:57:24.472Z",
  "2026-11-24 10:57:24+00:00",
  "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
  "10,500 of 12,000 calls; 0.45739910313901344",
  "vm-16125-lgvq5x",
  "2026-11-25",
  "2026-11-25/2026-12-26",
  "2026-12-25, 10 of 20",
  "18:30 to 21:00",
  "20261125T105724Z",
  "export-20261125-101500.csv",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "203.0.113.12",
  "login from 192.168.100.200:51000 and 2001:db8:4860:4860::8888",
  "version 24.11.1 of 16.4.20",
  "1,234,567 of 2000000 rows, 12345678 bytes, 86400000 ms",
  "Wyo. Stat. 40-12-302; RCW 19.158.040(2); HB 3865 (2025); Miss. Code 77-3-723(1)",
  "us-ca-uk-2026@2026.11.13 and US-NY 2026.11.13",
  "call_0000000001 and evt-1764000000000",
  "call_000001 of job_01m86j1k2c5xsppp5d43-2",
  "127.0.0.1:18200",
  "within 300 of 1000 contacts + 25",
])("%s is no telephone number", (text) => {
  expect(maskedText(text)).toBe(text);
});

const { value } = fc.letrec((tie) => ({
  text: fc.tuple(fc.string(), fc.constantFrom("+12125550177", "(212) 555-0177", "212.555.0177")).map((parts) => parts.join(" ")),
  value: fc.oneof(
    { maxDepth: 4 },
    tie("text"),
    fc.integer({ max: 1000 }),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("members"),
  ),
  members: fc.dictionary(fc.constantFrom("reason", "sourceName", "id", "callIds", "+12125550177"), tie("value")),
}));

test.each([false, true])(
  "in any answer a number in a text or a name is masked, at whatever depth; ids are kept: %s",
  (keepIds) => {
    fc.assert(
      fc.property(value, (answer) => {
        expect(JSON.stringify(maskedValue(answer, { keepIds }))).not.toMatch(/212\D{0,3}555\D{0,3}0177/);
      }),
    );
  },
);

test("an id of the tenant that looks like a number stays where it is needed, a call's does not, and a cursor is what it was", () => {
  const answer = {
    items: [{ callId: "2125550177", ids: ["2125550178"], id: "２１２５５５０１７８", reason: "2125550179" }],
    next: "2125550170",
  };
  const shown = {
    items: [{ callId: "••••••••77", ids: ["2125550178"], id: "••••••••78", reason: "••••••••79" }],
    next: "2125550170",
  };
  expect(maskedValue(answer, { keepIds: true })).toEqual(shown);
  expect(maskedValue(answer)).toMatchObject({ items: [{ callId: "••••••••77" }], next: "2125550170" });
});
