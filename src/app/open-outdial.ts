// Opens all use cases for one tenant, with the store and the engine.

import { capabilitiesOn } from "./capabilities.ts";
import { credentialName, type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import type { Outdial, OutdialConfig } from "./outdial-types.ts";
import { Background } from "./service/background.ts";
import { openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/** Time for background work to end, ms. */
const SETTLE_MS = 10_000;

/** As declared in outdial.ts. */
export async function openOutdial(config: OutdialConfig): Promise<Outdial> {
  const {
    credentials,
    actor,
    concurrency,
    downloads,
    limits,
    deliver,
    makeStore,
    warn = () => undefined,
    environment: given,
    ...named
  } = config;
  const flags: Flags = makeStore === true ? { ...named, store: { makes: "store" } } : named;
  const surroundings = given ?? process.env;
  const chosen = credentials === undefined ? undefined : (await loadConfig(flags, surroundings)).named;
  const environment: Environment = {
    ...surroundings,
    ...(credentials === undefined
      ? {}
      : {
          [credentialName(chosen?.name, "CLIENT_ID")]: credentials.clientId,
          [credentialName(chosen?.name, "CLIENT_SECRET")]: credentials.clientSecret,
        }),
    ...(actor === undefined ? {} : { OUTDIAL_ACTOR: actor }),
  };
  const options = {
    warn,
    concurrency,
    downloads,
    ...(limits === undefined ? {} : { limits }),
    ...(deliver === undefined ? {} : { deliver }),
  };
  const { able, workplace, [Symbol.asyncDispose]: close } = await openWhole(flags, environment, options);
  const { contacts: segments, simulations: simulate, beside: _, ...rest } = able;
  const { tag, corrections } = able;
  return {
    ...rest,
    segments,
    simulate,
    tenant: workplace.tenant,
    actor: workplace.actor,
    tagCall: ({ campaignId, ...call }, asked) => tag.one(campaignId, call, asked),
    applyDisposition: (correction, asked) => corrections.one(correction, asked),
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: close,
  };
}

/** All use cases and the workplace whose runs they are. */
interface Whole extends AsyncDisposable {
  readonly able: Awaited<ReturnType<typeof capabilitiesOn>>;
  readonly workplace: Workplace;
}

/** Opens everything. Disposing stops what is under way so that it can be continued. */
export async function openWhole(
  flags: Flags,
  environment: Environment,
  {
    concurrency,
    downloads,
    ...options
  }: WorkplaceOptions & { readonly concurrency?: number | undefined; readonly downloads?: number | undefined },
): Promise<Whole> {
  const { warn } = options;
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const { runs } = workplace;
  const background = new Background(warn);
  const ended = new AbortController();
  const { signal } = ended;
  const able = await capabilitiesOn(stack, workplace, environment, { warn, background, signal, concurrency, downloads });
  await workplace.launch();
  stack.defer(async () => {
    ended.abort();
    runs.interrupt();
    await Promise.all([background.settled(SETTLE_MS), runs.settled(SETTLE_MS)]);
  });
  workplace.startDelivery();
  const owned = stack.move();
  return { able, workplace, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
