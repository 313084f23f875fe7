// Dialer settings through a service: what is in force, what was, what a change would do; the service carries it out.

import { MINUTE_MS, OutdialError } from "../../kernel/index.ts";
import { OperationError } from "../../operations/index.ts";
import { type DialerChange, type DialerPreview } from "../../operations/views/index.ts";
import type { ApplyAsked, ChangeAsked, DialerChanges, OnChange, SettingsText, ShownChange } from "../dialer-types.ts";
import type { ServiceAddress } from "./address.ts";
import { FollowedAtService, type FollowingOptions } from "./following.ts";

/** Dialer settings at a service. Methods throw OutdialError with the service's code. */
export class ServiceDialer extends FollowedAtService implements DialerChanges {
  readonly #signal: AbortSignal;

  constructor(address: ServiceAddress, given: FollowingOptions & { readonly signal: AbortSignal }) {
    super(address, given);
    this.#signal = given.signal;
  }

  apply(file: SettingsText, { guardMs, guardCampaigns, retryRejected, ...asked }: ApplyAsked): Promise<ShownChange> {
    if (guardMs !== undefined && guardMs % MINUTE_MS !== 0)
      throw new OperationError("invalid_input", "--guard through a service is of whole minutes; give one such as 30m");
    const guard = guardMs === undefined ? {} : { guardMinutes: guardMs / MINUTE_MS, guardCampaigns: [...guardCampaigns] };
    const body = { ...sent(file), ...given(asked), retryRejected, ...guard };
    const signal = this.#signal;
    return this.#shown(this.client.ask("dialer.preview", { body, signal }), (confirm) =>
      this.client.carryOut("dialer.apply", { body: { ...body, confirm }, signal }),
    );
  }

  rollback(version: number | undefined, asked: ChangeAsked): Promise<ShownChange> {
    const body = { version, ...given(asked) };
    const signal = this.#signal;
    return this.#shown(this.client.ask("dialer.previewRollback", { body, signal }), (confirm) =>
      this.client.carryOut("dialer.rollback", { body: { ...body, confirm }, signal }),
    );
  }

  async #shown(
    previewed: Promise<DialerPreview>,
    begin: (confirm: string) => ReturnType<ShownChange["begin"]>,
  ): Promise<ShownChange> {
    const preview = await previewed;
    return {
      preview,
      begin: () => begin(preview.confirm),
      // Asked for all the same, the service refuses and records it.
      recordRefusal: async () => {
        await begin(preview.confirm).catch((thrown: unknown) => {
          if (!(thrown instanceof OutdialError) || thrown.code !== "plan_refused") throw thrown;
        });
      },
    };
  }

  async open(): Promise<number | undefined> {
    return (await this.client.ask("dialer.show", { signal: this.#signal })).open?.version;
  }

  async finishOpen(onProgress: OnChange): Promise<DialerChange | undefined> {
    const { open } = await this.client.ask("dialer.show", { signal: this.#signal });
    // Of one that waits for a person the service says so when another is to begin.
    if (open === null || open.phase === "paused") return undefined;
    if (open.standing === "still") await this.goOn(open.version, undefined);
    return this.run(open.version, onProgress);
  }

  async goOn(version: number, keep: boolean | undefined): Promise<void> {
    const body = keep === undefined ? {} : ({ decision: keep ? "keep" : "rollBack" } as const);
    await this.client.ask("dialer.resume", { params: { version }, body });
  }

  run(version: number, onProgress: OnChange): Promise<DialerChange> {
    return this.following.through({
      look: (signal) => this.client.ask("dialer.change", { params: { version }, signal }),
      ended: ({ phase, standing }) => phase === "ended" || standing === "still",
      onLook: (change) => onProgress(version, change),
      again: `outdial dialer resume ${version}`,
    });
  }
}

const sent = ({ text, name }: SettingsText) => ({ file: text, sourceName: name });
const given = ({ campaign, overrides, expectedAnswerRate }: Omit<ChangeAsked, "dryRun">) => ({
  campaign,
  overrides: [...overrides],
  expectedAnswerRate,
});
