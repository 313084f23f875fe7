// outdial context.

import { command } from "../command.ts";
import { NOTHING, TENANT_AND_STORE, text } from "../declare.ts";

const SUMMARY = "which workplace, configuration, tenant and store a command given here would use, and where each is named";

export const context = command("context", TENANT_AND_STORE, {
  runs: "here",
  summary: SUMMARY,
  notes:
    "It opens nothing. Questions before dangerous verbs name the tenant and the store as well.\n" +
    "Tenants have names when outdial.yaml has them under tenants. One of them is chosen by --tenant, else by OUTDIAL_TENANT, else by outdial context use.",
});

export const showContext = command("show", TENANT_AND_STORE, {
  runs: "here",
  summary: "the same; with a name, as if that tenant had been chosen",
  args: [text("[tenant]", "name of a tenant in outdial.yaml")],
});

export const listContexts = command("list", TENANT_AND_STORE, {
  runs: "here",
  summary: "the tenants of outdial.yaml with their stores, and which one is used here",
});

export const useContext = command("use", NOTHING, {
  runs: "here",
  summary: "choose a tenant of outdial.yaml for this workplace",
  args: [text("<tenant>", "name of a tenant in outdial.yaml")],
  notes:
    "The choice is kept in .outdial of the workplace, for everybody who works there. --tenant and OUTDIAL_TENANT count before it.",
  examples: ["outdial context use staging"],
});

export const rebindContext = command("rebind", TENANT_AND_STORE, {
  runs: "here",
  summary: "say that the store in use is of the tenant in use, which has another address or another name now",
  options: [text("--reason <text>", "why; the audit keeps it", { required: true })],
  notes:
    "A store is of the first tenant that it was used with, and is refused to every other one. Only for the same tenant in a new place: campaigns, settings and calls in the\n" +
    "store count as this tenant's from then on.",
  examples: ['outdial context rebind --reason "moved to another area"'],
});
