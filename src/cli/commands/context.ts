// outdial context.

import { listTenants, readContext, rebindStore, useTenant } from "../../app/index.ts";
import { tenantWords } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/context.ts";
import type { Io } from "../io.ts";
import { table } from "../table.ts";
import { printable, printableWhole } from "../text.ts";

type Context = Awaited<ReturnType<typeof readContext>>;
type Listed = Awaited<ReturnType<typeof listTenants>>["items"][number];

export const context: Run<typeof declared.context> = async ({ options, io }) => tell(await readContext(options, io.env), io);

export const showContext: Run<typeof declared.showContext> = async ({ args: { tenant }, options, io }) =>
  tell(await readContext(tenant === undefined ? options : { ...options, tenant }, io.env), io);

async function tell(found: Context, io: Io): Promise<void> {
  const lines = Object.entries(found).map(([part, { value, from }]) => {
    const word = part === "tenantName" ? "name" : part;
    return `${word.padEnd(11)} ${value === null ? "none" : printableWhole(value)}  (${from})`;
  });
  await io.answer(found, lines);
}

const TENANTS = table<Listed>([
  { title: "", value: ({ isUsed }) => (isUsed ? "*" : "") },
  { title: "name", value: ({ name }) => name ?? "(without a name)" },
  { title: "address", value: ({ address }) => address ?? "none" },
  { title: "profile", value: ({ profile }) => profile },
  { title: "store", value: ({ store, hasStore }) => (hasStore ? store : `${store} (not made yet)`) },
]);

export const listContexts: Run<typeof declared.listContexts> = async ({ options, io }) => {
  const { items, wrongChoice } = await listTenants(options, io.env);
  await io.answer({ items }, items.length === 0 ? [] : TENANTS.lines(items, io.width), "no tenant is configured");
  if (wrongChoice !== undefined) {
    io.complain([`outdial: ${wrongChoice.message}`, `  ${wrongChoice.advice ?? ""}`].join("\n").trimEnd());
    return EXIT.usage;
  }
  if (!items.some(({ isUsed }) => isUsed) && items.length > 0)
    io.say("none is chosen: --tenant NAME, OUTDIAL_TENANT, or outdial context use NAME");
  return EXIT.done;
};

export const useContext: Run<typeof declared.useContext> = async ({ args: { tenant }, options, io }) => {
  const found = await useTenant(tenant, options, io.env);
  const { workplace, tenantName, store } = found;
  await io.answer(found, [`${printable(tenant)} is used in ${printableWhole(workplace.value ?? "")} from now on`]);
  if (tenantName.value !== tenant)
    io.complain(`${tenantName.from} says ${printable(tenantName.value ?? "none")}, which counts before it`);
  else if (store.from.includes("there is none yet")) io.say("It has no store yet: outdial init creates it.");
};

export const rebindContext: Run<typeof declared.rebindContext> = async ({ options, io }) => {
  const { tenant, tenantName, store } = await readContext(options, io.env);
  const words = tenantWords(tenant.value, tenantName.value);
  const question = `From now on, everything in the store ${store.value} belongs to the tenant ${words}. Continue?`;
  if (!(await confirmed(printableWhole(question), io))) return EXIT.refused;
  const done = await rebindStore(options.reason, options, io.env);
  await io.answer(
    done,
    `${printableWhole(done.store)} now belongs to the tenant ${printable(tenantWords(done.tenant, done.tenantName))}`,
  );
  return EXIT.done;
};
