// What the demo's company knows about its people before the service starts: consent, registries, its own list, attempts and their
// results.

import { DAY_MS } from "../../kernel/index.ts";
import { type Facts, type NewAttempt, OTHERS } from "../../store/index.ts";
import type { DemoCall, DemoContact } from "./people.ts";

const BATCH = 5000;
const ACTOR = "demo";
const WORDING = "I agree to calls about my contract, made by people, at this number, until I say otherwise.";

const keyOf = (phoneNumber: string): number => Number(phoneNumber.slice(1));

/** An ended call as an attempt; undefined for one without a number. */
export function attemptOf(call: {
  readonly id: string;
  readonly campaignId: string;
  readonly status: string;
  readonly startTime: string;
  readonly phoneNumber?: string | undefined;
  readonly agentId?: string | undefined;
}): NewAttempt | undefined {
  if (call.phoneNumber === undefined) return undefined;
  const lost = call.status === "abandoned";
  const served = call.agentId !== undefined;
  return {
    number: keyOf(call.phoneNumber),
    at: Date.parse(call.startTime),
    kind: lost ? "abandoned" : served ? "conversation" : "attempt",
    subject: "",
    campaign: call.campaignId,
    callId: call.id,
    answer: lost ? "dropped" : served ? "served" : null,
  };
}

/** Writes the facts. @param countries whose registries are loaded */
export async function writeFacts(
  facts: Facts,
  {
    contacts,
    history,
    now,
  }: { readonly contacts: readonly DemoContact[]; readonly history: readonly DemoCall[]; readonly now: number },
): Promise<void> {
  const agreed = contacts.filter(({ consentFlags }) => consentFlags.outbound.call);
  const others = contacts.filter(({ consentFlags }) => !consentFlags.outbound.call);
  for (const batch of batches(agreed))
    await facts.addConsents(
      batch.map(({ phoneNumber, id }) => ({
        number: keyOf(phoneNumber),
        givenAt: now - 90 * DAY_MS,
        level: "written",
        basis: "contract form",
        wording: WORDING,
        source: "renewals",
        evidence: id,
      })),
    );
  const said = now - 3 * DAY_MS;
  const stopped = others.slice(0, 40);
  const own = { id: "imp_demo_company_list", kind: "dnc", sourceName: "company-list.csv", actor: ACTOR };
  await facts.startImport(own);
  await facts.suppress(
    stopped.map(({ phoneNumber, id }) => ({
      number: keyOf(phoneNumber),
      saidAt: said,
      origin: "list",
      code: "said stop on the telephone",
      reference: id,
    })),
    { actor: ACTOR, importId: own.id },
  );
  const counts = { read: stopped.length, added: stopped.length, known: 0, refused: 0 };
  await facts.finishImport(own, `sha256:${"0".repeat(64)}`, counts);
  await facts.addRevocations(
    others.slice(40, 46).map(({ phoneNumber, id }, i) => ({
      number: keyOf(phoneNumber),
      revokedAt: now - (2 + 9 * i) * 3_600_000,
      channel: "sms",
      reference: id,
      code: "STOP",
    })),
    { actor: ACTOR },
  );
  const listed = others.slice(46, 400).map(({ phoneNumber }) => keyOf(phoneNumber));
  const asOf = new Date(now - 3 * DAY_MS).toISOString().slice(0, 10);
  for (const registry of REGISTRIES) {
    const id = await facts.beginRegistryFile({
      registry,
      asOf,
      sourceName: `registry-${registry.toLowerCase()}.txt`,
      actor: ACTOR,
    });
    const byArea = await facts.fillRegistryFile(id, listed);
    const whole = { areaCode: OTHERS, numbers: 0 };
    const covers = [...[...byArea].map(([areaCode, numbers]) => ({ areaCode, numbers })), ...(byArea.has(OTHERS) ? [] : [whole])];
    await facts.switchRegistryFile({ id, contentHash: `sha256:${"0".repeat(63)}${registry.length}`, covers, actor: ACTOR });
  }
  const attempts = history.flatMap((call) => attemptOf(call) ?? []);
  for (const batch of batches(attempts)) await facts.addAttempts(batch, { actor: ACTOR });
}

/** The national registries, and those of states where some of the people live. */
const REGISTRIES = ["US", "GB", "CA", "US-MA", "US-CO"];

/** When each system confirms that it has carried out an opt-out, hours after the opt-out. */
const CONFIRMED = { dialer: 1, crm: 9, partner: 30 } as const;
/** The partner forgets one in this number: so that something is overdue. */
const FORGOTTEN = 25;

/** Lets the company's systems confirm past opt-outs, as they would have done day by day. */
export async function confirmRevocations(facts: Facts, now: number): Promise<void> {
  const systems = Object.keys(CONFIRMED);
  const open = await facts.listRevocations({ systems, open: true, limit: 1000 });
  for (const [i, { id, revokedAt }] of open.entries())
    for (const [system, hours] of Object.entries(CONFIRMED)) {
      const at = revokedAt + hours * 3_600_000;
      if (at > now || (system === "partner" && i % FORGOTTEN === FORGOTTEN - 1)) continue;
      await facts.acknowledge({ revocationId: id, system, at, evidence: `${system} ticket ${id}` }, ACTOR);
    }
}

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += BATCH) yield all.slice(i, i + BATCH);
}
