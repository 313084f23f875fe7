// Wiring of the CRM: events of retrievals, records in batches.

import {
  type CrmPushed,
  CrmPushing,
  type CrmPushOptions,
  type CrmPushRequest,
  CrmUseCases,
  type Interruption,
  OperationError,
} from "../operations/index.ts";
import { type OutcomeLake, readOutcomeMap } from "../outcomes/index.ts";
import type { Flags } from "./config.ts";
import type { Environment } from "./environment.ts";
import { outcomeMapOf, outcomeMapText } from "./outcome-map.ts";
import { lakeOn } from "./outcomes.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** Pushes to the CRM: in this process, or at a service. */
export interface CrmPushes extends AsyncDisposable {
  /** As `CrmUseCases.push`. */
  push(request: CrmPushRequest, options: CrmPushOptions): Promise<CrmPushed>;
  /** Stops a push of this process early so that it can be continued, or stops following one that a service runs. */
  interrupt(): Interruption;
}

/** Opens what a push needs. Throws ConfigError or OperationError `invalid_input` when no CRM is configured. */
export async function openCrm(
  flags: Flags,
  environment: Environment,
  options: { readonly warn: (message: string) => void },
): Promise<CrmPushes> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const pushing = await startPushing(stack, workplace);
  const crm = crmOn(workplace, pushing, () => undefined);
  const owned = stack.move();
  return {
    push: (request, options) => crm.push(request, workplace.actor, options),
    interrupt: () => workplace.runs.interrupt(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Begins to run pushes. The lake closes with `stack`. Throws OperationError `invalid_input` when no CRM is configured. */
export async function startPushing(stack: AsyncDisposableStack, workplace: Workplace): Promise<CrmPushing> {
  const pushing = pushingOn(workplace, lakeOn(stack, workplace));
  if (pushing === undefined) throw noCrm();
  workplace.runs.add(pushing.kind());
  await workplace.launch();
  workplace.startDelivery();
  return pushing;
}

/** Pushes to the CRM of a workplace, to be added to its runs; undefined without a CRM. */
export function pushingOn(workplace: Workplace, lake: OutcomeLake): CrmPushing | undefined {
  const { config, store, runs, replica: members, crmScope: scope, crmRecordsUrl: recordsUrl, random } = workplace;
  const first = workplace.receivers["crm"];
  if (first === undefined || scope === undefined) return undefined;
  const access = {
    // Its secret may be exchanged while the service runs, its address not.
    get endpoint() {
      return workplace.receivers["crm"] ?? first;
    },
    recordsUrl,
    map: (given?: { readonly name: string; readonly text: string }) =>
      given === undefined ? outcomeMapOf(config) : readOutcomeMap(given.text, given.name),
  };
  return new CrmPushing({ store, lake, access, runs, members, scope, clock: config.clock, random });
}

/** What can be done with the CRM. */
export function crmOn(workplace: Workplace, pushing: CrmPushing | undefined, requestId: () => string | undefined): CrmUseCases {
  const { config, crmRecordsUrl } = workplace;
  return new CrmUseCases(workplace, {
    pushing() {
      if (pushing === undefined) throw noCrm();
      return pushing;
    },
    takesRecords: crmRecordsUrl !== undefined,
    readMap: async (path) => {
      const text = await outcomeMapText(config, path);
      await readOutcomeMap(text, path);
      return { name: path, text };
    },
    deliver: () => workplace.deliverEvents(),
    requestId,
  });
}

const noCrm = (): OperationError =>
  new OperationError("invalid_input", "no CRM is configured", {
    advice: "Set webhooks.crm.url in outdial.yaml, or OUTDIAL_CRM_URL, and the signing secret in OUTDIAL_CRM_SECRET.",
  });
