// outdial context.

import { command } from "../command.ts";
import { NOTHING, TENANT_AND_STORE, text } from "../declare.ts";

const SUMMARY = "which workplace, configuration, tenant and store a command would use here, and where each is configured";

export const context = command("context", TENANT_AND_STORE, {
  runs: "here",
  summary: SUMMARY,
  notes:
    "It opens nothing. Confirmation questions also name the tenant and the store.\n" +
    "Tenants have names when outdial.yaml has them under tenants. One of them is chosen by --tenant, else by OUTDIAL_TENANT, else by outdial context use.",
});

export const showContext = command("show", TENANT_AND_STORE, {
  runs: "here",
  summary: "the same; with a name, as if that tenant were chosen",
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
    "The choice is stored in .outdial of the workplace, for everybody who works there. --tenant and OUTDIAL_TENANT take precedence.",
  examples: ["outdial context use staging"],
});

export const rebindContext = command("rebind", TENANT_AND_STORE, {
  runs: "here",
  summary: "bind the store in use to the tenant in use, which has another address or another name now",
  options: [text("--reason <text>", "why; recorded in the audit log", { required: true })],
  notes:
    "A store belongs to the first tenant with which it was used; with another tenant it is refused. Use this only for the same tenant with a new address or name:\n" +
    "campaigns, settings and calls in the store count as this tenant's from then on.",
  examples: ['outdial context rebind --reason "moved to another area"'],
});
