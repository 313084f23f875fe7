import { expect, expectTypeOf, test } from "vitest";
import { systemClock } from "../tenant/index.ts";
import { command, type Node, type OptionsOf, valuesOf } from "./command.ts";
import { choice, file, flag, id, many, NOTHING, optional, rowOptions, STORE, span, text, value, whole } from "./declare.ts";
import { TREE } from "./tree.ts";

const place = { cwd: "/there", clock: systemClock };

const declared = command("try", STORE, {
  summary: "what the builders give",
  args: [file("<file>", "a file"), many(whole("[ids...]", "numbers", { from: 1, to: 9 }))],
  options: [
    text("--campaign-id <id>", "required", { required: true }),
    text("--note <text>", "may be missing"),
    whole("--limit <n>", "has a default", { from: 1, to: 100, default: 20 }),
    flag("--dry-run", "a switch"),
    flag("--no-keep", "a switch that is on"),
    choice("--format <f>", "one of two", ["csv", "json"]),
    many(choice("--metric <name>", "several", ["rate", "wait"])),
    span("--guard <span>", "time", { default: "30m" }),
    optional("--resume [id]", "with or without a value"),
    value("--ratio <number>", "of its own kind", Number),
  ],
});

const read = (given: Record<string, unknown>) => valuesOf(declared.options, ({ key, standard }) => given[key] ?? standard, place);

test("values have the types of their declaration, under the names of their flags", async () => {
  const given = {
    campaignId: "c",
    dryRun: true,
    keep: false,
    format: "csv",
    metric: ["wait", "rate"],
    resume: true,
    ratio: "1.5",
  };
  expect(await read(given)).toEqual({
    ...given,
    note: undefined,
    limit: 20,
    guard: 1_800_000,
    ratio: 1.5,
    databaseUrl: undefined,
  });
  type Options = OptionsOf<typeof declared>;
  expectTypeOf<Options["campaignId"]>().toEqualTypeOf<string>();
  expectTypeOf<Options["note"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Options["limit"]>().toEqualTypeOf<number>();
  expectTypeOf<Options["dryRun"]>().toEqualTypeOf<boolean>();
  expectTypeOf<Options["format"]>().toEqualTypeOf<"csv" | "json" | undefined>();
  expectTypeOf<Options["metric"]>().toEqualTypeOf<("rate" | "wait")[]>();
  expectTypeOf<Options["resume"]>().toEqualTypeOf<string | true | undefined>();
  expectTypeOf<Options["databaseUrl"]>().toEqualTypeOf<string | undefined>();
});

test("arguments are told from the working folder and checked one by one", async () => {
  const args = (...given: unknown[]) => valuesOf(declared.args, (_, index) => given[index], place);
  expect(await args("calls.csv", ["1", "9"])).toEqual({ file: "/there/calls.csv", ids: [1, 9] });
  expect(await args("-", [])).toEqual({ file: "-", ids: [] });
  await expect(args("-", ["1", "10"])).rejects.toMatchObject({ message: "<ids> 10 is not a whole number from 1 to 9" });
});

test.each([
  [{ limit: "0" }, "--limit 0 is not a whole number from 1 to 100"],
  [{ limit: "" }, "--limit  is not a whole number from 1 to 100"],
  [{ format: "xml" }, "--format xml is not one of csv, json"],
  [{ metric: ["rate", "speed"] }, "--metric speed is not one of rate, wait"],
  [{ guard: "soon" }, "--guard soon is no span of time; give one such as 15m, 36h or 7d"],
])("what is wrong names the flag, what was given and what is allowed: %j", async (given, message) => {
  await expect(read({ campaignId: "c", ...given })).rejects.toMatchObject({ code: "invalid_input", message });
});

test("a delimiter is one character, a tab by its name", async () => {
  const { options } = command("rows", NOTHING, { summary: "", options: rowOptions("a=b") });
  const delimiter = (given: string) => valuesOf(options, ({ key }) => (key === "delimiter" ? given : undefined), place);
  expect(await delimiter("\\t")).toMatchObject({ delimiter: "\t", column: [] });
  await expect(delimiter(";;")).rejects.toMatchObject({ message: '--delimiter ";;" is not one character' });
});

test("an id that cannot be one is refused by the name that the person typed, in every command alike", async () => {
  const unchecked: string[] = [];
  const walk = async ({ declaration, children }: Node): Promise<void> => {
    const { name, args, options } = declaration;
    for (const spec of [...args, ...options])
      if (/[<[](ids?|campaign|primary)\b|^<list>/.test(spec.flags)) {
        const long = "x".repeat(3000);
        const message = await Promise.resolve()
          .then(() => spec.read(spec.isMany === true ? [long] : long, place))
          .then(
            () => "",
            (thrown: Error) => thrown.message,
          );
        const label = /^--[a-z-]+|[a-z]+/.exec(spec.flags)?.[0] ?? "";
        if (!message.includes(label)) unchecked.push(`${name} ${spec.flags}`);
      }
    for (const child of children) await walk(child);
  };
  for (const node of TREE) await walk(node);
  expect(unchecked).toEqual([]);
  const one = id("<primary>", "a campaign");
  expect(await one.read("x".repeat(200), place)).toBe("x".repeat(200));
  await expect(async () => one.read("x".repeat(3000), place)).rejects.toThrow(
    "<primary> is of 3000 characters: ids have at most 200",
  );
  await expect(async () => one.read("", place)).rejects.toThrow("<primary> is empty");
});
