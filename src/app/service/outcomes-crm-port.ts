// Pushes to the CRM and comparisons with the tenant as the service's routes act on them.

import type { ServerPorts } from "../../server/index.ts";
import { crmAmong, crmOver } from "../crm.ts";
import type { OutcomesRuntime } from "../outcomes.ts";
import type { Environment, Workplace } from "../workplace.ts";

type OutcomesCrmPort = ReturnType<ServerPorts["work"]["outcomesCrm"]>;

export function outcomesCrmPort(
  workplace: Workplace,
  outcomes: Omit<OutcomesRuntime, keyof AsyncDisposable>,
  environment: Environment,
): OutcomesCrmPort {
  const { config, store, receivers } = workplace;
  return {
    async push({ records, ...asked }, { by, signal, onRefused }) {
      const over = { config: { ...config, actor: by }, store, lake: outcomes.lake };
      const crm = await crmOver(over, crmAmong(receivers), environment);
      const announced = await crm.announce();
      const delivery = await workplace.deliverEvents();
      return { announced, delivery, records: records ? await crm.push(asked, { signal, onRefused }) : null };
    },
    plan: (input) => outcomes.retrieving.check(input),
    reconcile: (request, sink) => outcomes.reconcile(request, sink),
  };
}
