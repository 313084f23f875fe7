// Calling rules and facts as the service's routes act on them: the pack is read and compiled once.

import type { ServerPorts } from "../../server/index.ts";
import { factsOf } from "../compliance.ts";
import { compileRulePack, readRulePack } from "../rule-pack.ts";
import type { Workplace } from "../workplace.ts";

type CompliancePort = ReturnType<ServerPorts["work"]["compliance"]>;
type Rules = Awaited<ReturnType<CompliancePort["rules"]>>;

export function compliancePort({ config, store }: Workplace): CompliancePort {
  const { facts, settings } = factsOf(config, store);
  let rules: Promise<Rules> | undefined;
  const read = async (): Promise<Rules> => {
    const pack = await readRulePack(settings.pack);
    return { pack, compiled: compileRulePack(pack) };
  };
  return {
    facts,
    clock: config.clock,
    settings,
    vkey: store.audit.vkey,
    rules() {
      rules ??= read().catch((thrown: unknown) => {
        // A file that was broken may be mended by the next request.
        rules = undefined;
        throw thrown;
      });
      return rules;
    },
    compile: compileRulePack,
    as: (actor) => factsOf({ ...config, actor }, store),
  };
}
