// Campaign files that cannot be used: each mistake with its file, line, column and field, and what is allowed.

import { expect, test } from "vitest";
import { stringify } from "yaml";
import { readAside } from "../../aside/index.ts";
import { parseCampaignFiles, violationLine } from "./parse.ts";
import type { readTexts } from "./read-texts.ts";

const GOOD = `name: Spring
contactListId: list_1
dialerConfig:
  type: predictive
  predictiveSettings:
    answerRatio: 0.8
    maxCallsInFlight: 20
    callRate: 12
    abandonmentThreshold: 0.03
complianceConfig:
  timeZone: America/New_York
  dialingRules: { startTime: 09:00:00, endTime: 19:00:00, allowedDays: [Monday] }
`;

const parse = (...texts: readonly string[]) =>
  parseCampaignFiles(texts.map((text, index) => ({ name: `${"abc".charAt(index)}.yaml`, text })));

async function problemsIn(...texts: readonly string[]): Promise<string> {
  return parse(...texts).then(
    ({ violations }) => `accepted ${violations.map(violationLine).join("\n")}`,
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );
}

test.each([
  [
    "a misspelt field",
    GOOD.replace("callRate", "calRate"),
    "a.yaml:8:14: dialerConfig.predictiveSettings.calRate: unknown field; did you mean callRate?",
  ],
  ["a field of nobody", `${GOOD}colour: blue\n`, "a.yaml:13:9: colour: unknown field; allowed: "],
  [
    "a column of the records that means nothing",
    `${GOOD}contactListFile: { path: list.csv, externalId: id, phone: number, columns: { email: mail } }\n`,
    "contactListFile.columns.email: unknown field; allowed: firstName, lastName, address, city, state, zip, ",
  ],
  ["a missing field", GOOD.replace("contactListId: list_1\n", ""), "a.yaml:1:1: contactListId: "],
  [
    "a word for a number",
    GOOD.replace("callRate: 12", "callRate: [12]"),
    "a.yaml:8:15: dialerConfig.predictiveSettings.callRate: ",
  ],
  [
    "a day that is none",
    GOOD.replace("[Monday]", "[Monday, Mondy]"),
    'a.yaml:12:81: complianceConfig.dialingRules.allowedDays[1]: "Mondy" is not one of',
  ],
  [
    "a time without seconds",
    GOOD.replace("09:00:00", "'9:00'"),
    "a.yaml:12:30: complianceConfig.dialingRules.startTime: a time of day as HH:MM:SS",
  ],
  [
    "a state of nobody",
    `${GOOD}status: activ\n`,
    'a.yaml:13:9: status: "activ" is not one of active, paused; did you mean active?',
  ],
  ["a field given twice", `${GOOD}name: Twice\n`, "a.yaml:13:1: Map keys must be unique"],
  ["broken YAML", `${GOOD}  broken: [\n`, "a.yaml:"],
  ["an empty file", "", "a.yaml:1:1: the file is empty"],
  ["a list", "- one\n", "a.yaml:1:1: "],
  ["a failover without a backup", `${GOOD}failover: { threshold: 0.2 }\n`, "a.yaml:13:11: failover.backup: "],
  [
    "a webhook that is no address",
    `${GOOD}webhooks:\n  - { name: m, callbackUrl: nowhere, events: [x] }\n`,
    "a.yaml:14:29: webhooks[0].callbackUrl: a web address",
  ],
  [
    "a consent that is no path",
    `${GOOD}consent: { required: true, attribute: "a..b" }\n`,
    "a.yaml:13:39: consent.attribute: a path of names",
  ],
])("%s makes the file unusable, and says where", async (_, text, message) => {
  const said = await problemsIn(text);
  expect(said).not.toContain("accepted");
  expect(said).toContain(message);
});

test.each([
  [
    "a number as text",
    GOOD.replace("callRate: 12", 'callRate: "12"'),
    "NUMBER_AS_TEXT",
    "a.yaml:8:15: dialerConfig.predictiveSettings.callRate: a number is needed",
  ],
  [
    "an answer ratio above 1",
    GOOD.replace("answerRatio: 0.8", "answerRatio: 1.1"),
    "OUT_OF_RANGE",
    "a.yaml:6:18: dialerConfig.predictiveSettings.answerRatio: ",
  ],
  ["an answer ratio below 0", GOOD.replace("answerRatio: 0.8", "answerRatio: -0.1"), "OUT_OF_RANGE", "a.yaml:6:18: "],
  ["a call rate of 0", GOOD.replace("callRate: 12", "callRate: 0"), "OUT_OF_RANGE", "a.yaml:8:15: "],
  ["a negative call rate", GOOD.replace("callRate: 12", "callRate: -3"), "OUT_OF_RANGE", "a.yaml:8:15: "],
  [
    "a zone that is none",
    GOOD.replace("America/New_York", "Eastern Time"),
    "TIME_ZONE",
    "a.yaml:11:13: complianceConfig.timeZone: an IANA time zone",
  ],
  ["an offset for a zone", GOOD.replace("America/New_York", "'+05:00'"), "TIME_ZONE", "a.yaml:11:13: "],
])("%s is a violation with its place", async (_, text, rule, message) => {
  const { campaigns, violations } = await parse(text);
  expect(campaigns.map(({ name }) => name)).toEqual(["Spring"]);
  expect(violations.map((one) => one.rule)).toEqual([rule]);
  expect(violations.map(violationLine).join()).toContain(message);
});

test("two files that describe one campaign are told, and documents of one file are campaigns of their own", async () => {
  const other = GOOD.replace("Spring", "Autumn");
  expect((await parse(`${GOOD}---\n${other}`)).campaigns.map(({ name, source }) => [name, source.line])).toEqual([
    ["Spring", 1],
    ["Autumn", 14],
  ]);
  const { violations } = await parse(GOOD, other, GOOD);
  expect(violations.map(violationLine)).toEqual([
    'c.yaml:1:7: name: "Spring" is described at a.yaml:1 as well; one campaign stands in one place',
  ]);
  const sameId = await parse(`id: x\n${GOOD}`, `id: x\n${other}`);
  expect(sameId.violations.map(({ rule, field }) => [rule, field])).toEqual([["DUPLICATE", "id"]]);
  // Campaigns of one name are told apart by their ids.
  expect((await parse(`id: x\n${GOOD}`, `id: y\n${GOOD}`)).violations).toEqual([]);
});

test("every mistake of all files is told at once, with violations", async () => {
  const said = await problemsIn(
    GOOD.replace("callRate: 12", "callRate: 0"),
    `${GOOD}colour: blue\n`,
    GOOD.replace("queue", "q").replace("type: predictive", "type: progressive"),
  );
  expect(said.split("\n").map((line) => line.split(":")[0])).toEqual(["b.yaml", "c.yaml", "a.yaml"]);
});

test("aliases that unfold without end are refused", async () => {
  const bomb = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    ..."bcdefgh".split("").map(
      (one, i) =>
        `${one}: &${one} [${Array(9)
          .fill(`*${"abcdefg".charAt(i)}`)
          .join(", ")}]`,
    ),
  ];
  expect(await problemsIn(bomb.join("\n"))).toContain("alias");
});

test("JSON is read like YAML", async () => {
  const { campaigns, violations } = await parse(
    JSON.stringify(
      {
        name: "J",
        contactListId: "l",
        dialerConfig: {
          type: "predictive",
          predictiveSettings: { answerRatio: 1, maxCallsInFlight: 1, callRate: 1, abandonmentThreshold: 0 },
        },
      },
      null,
      2,
    ),
  );
  expect(violations).toEqual([]);
  expect(campaigns.map(({ name, document }) => [name, stringify(document["contactListId"])])).toEqual([["J", "l\n"]]);
});

test("files that take long to read hold nobody up, and what is told of them is bounded and counted", async () => {
  const many = `a: [${"1,".repeat(30_000)}1]\n`;
  let turns = 0;
  let reading = true;
  const turn = () => {
    turns += 1;
    if (reading) setTimeout(turn, 1);
  };
  turn();
  await problemsIn(many, many);
  reading = false;
  // Read on this thread, it would have been left for one file and the next.
  expect(turns).toBeGreaterThan(20);
  const said = (await problemsIn(Array.from({ length: 150 }, (_, i) => `---\nname: c${i}\n`).join(""))).split("\n");
  expect(said).toHaveLength(101);
  expect(said.at(-1)).toMatch(/^and \d{2,} more mistakes$/);
  expect(said[0]).toBe("a.yaml:2:1: contactListId: missing; text is needed");
});

test("the places of a large file are those of a small one", async () => {
  const { campaigns } = await parse(`${GOOD}# ${"x".repeat(10_000)}\n`);
  expect(campaigns[0]?.placeOf("complianceConfig.dialingRules.allowedDays[0]")).toEqual({ file: "a.yaml", line: 12, column: 73 });
  expect(campaigns[0]?.placeOf("complianceConfig.nothing.here")).toEqual({ file: "a.yaml", line: 11, column: 3 });
});

test("what is nested deeply, or holds more campaigns than are read at a time, is refused with its reason", async () => {
  // Made a name, a key that is a group takes seconds and more memory than there is; so does deep nesting, here and on a thread of its own.
  expect(await problemsIn("? ".repeat(400))).toBe("a.yaml:1:1: a key is a group, a list or an alias; it must be a text");
  for (const depth of [3_900, 5_000, 5_000, 5_000])
    expect(await problemsIn("? ".repeat(depth))).toMatch(/^a\.yaml:1:\d+: (nested too deeply|a key is a group)/);
  expect(await problemsIn(`a: ${"[".repeat(30_000)}`)).toMatch(/^a\.yaml:1:\d+: nested too deeply$/);
  expect(await problemsIn("---\nname: x\n".repeat(501))).toBe("a.yaml:1:1: more than 500 campaigns; split it into several files");
});

test("a reading ends when its time is over", async () => {
  const texts = { of: "texts", name: "readTexts", module: "./read-texts", from: import.meta.url };
  const reading = readAside<typeof readTexts>(texts, [{ name: "a", text: `${GOOD}---\n`.repeat(400) }], { withinMs: 1 });
  await expect(reading).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("longer than 0.001 s") as string,
  });
});
