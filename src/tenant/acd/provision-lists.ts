// The calling lists of a campaign file: made, filled by uploading a file of records, and assigned to a skill by that.

import type { AcdBody } from "../../contract/acd/index.ts";
import { type Clock, DAY_MS } from "../../kernel/index.ts";
import { TenantError } from "../errors.ts";
import { acdRows } from "./pages.ts";
import { type CallingList, type Holdable, isActive, isOn, mappingOf, refusal, wantedLists } from "./provision-form.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { Skills } from "./skills.ts";

type Skill = Awaited<ReturnType<Skills["read"]>>;

/** How often the job of an upload is checked, and for how long, ms. */
const JOB_LOOK_MS = 2000;
const JOB_LOOKS = 300;

/** Reads calling lists, makes them, and uploads records to them. */
export class ProvisionedLists {
  readonly #requester: AcdRequester;
  readonly #clock: Clock;

  constructor(requester: AcdRequester, clock: Clock) {
    this.#requester = requester;
    this.#clock = clock;
  }

  /** The tenant's calling lists. */
  async all(options: AcdCallOptions): Promise<CallingList[]> {
    const lists: CallingList[] = [];
    for await (const list of acdRows(this.#requester, "listCallLists", options)) lists.push(list);
    return lists;
  }

  /** Makes the list when there is none of its name, and assigns it to the skill by uploading the records. */
  async place(
    { skillId, isRunning }: Pick<Skill, "skillId" | "isRunning">,
    { contactListId, contactListFile: file }: Holdable,
    { fileName, records }: { readonly fileName: string; readonly records: () => Promise<Uint8Array> },
    options: AcdCallOptions,
  ): Promise<string | undefined> {
    // Of several names only one can be new: those that the skill has already exist.
    const lists = await this.all(options);
    const names = wantedLists(contactListId, lists);
    for (const name of names) {
      const list = lists.find((one) => one.listName === name && isActive(one));
      if (list === undefined) {
        if (file === undefined) throw refusal("mapCallList", `the tenant has no calling list ${JSON.stringify(name)}`);
        await this.#requester.request("mapCallList", { ...options, ...mappingOf(name, file) });
        return "list";
      }
      if (file !== undefined) await this.#uploaded(list.listId, options);
      if (isOn(list, skillId)) continue;
      if (file === undefined) throw refusal("uploadCallList", `skill ${skillId} does not call the list ${JSON.stringify(name)}`);
      if (isRunning === true)
        throw refusal("uploadCallList", `skill ${skillId} runs: records that are uploaded to it are dialed at once`);
      await this.#upload(list.listId, skillId, { fileName, content: await records(), expires: file.expires ?? "" }, options);
      return "records";
    }
    return undefined;
  }

  async #upload(
    listId: string,
    skillId: string,
    { fileName, content, expires }: { readonly fileName: string; readonly content: Uint8Array; readonly expires: string },
    options: AcdCallOptions,
  ): Promise<void> {
    const body: AcdBody<"uploadCallList"> = {
      listFile: Buffer.from(content).toString("base64"),
      forceOverwrite: false,
      expirationDate: expires,
      startSkill: false,
      sendEmail: false,
      fileName,
      skillId: Number(skillId),
    };
    try {
      await this.#requester.request("uploadCallList", { ...options, path: { listId }, body });
    } catch (thrown) {
      // The file name is made from plan and campaign: an existing file comes from an earlier attempt.
      if (!(thrown instanceof TenantError) || !/file already exists/i.test(`${thrown.vendorMessage} ${thrown.message}`))
        throw thrown;
    }
    await this.#uploaded(listId, options);
  }

  /** Waits for the jobs of a list. @throws TenantError `vendor_unavailable` when one does not end */
  async #uploaded(listId: string, options: AcdCallOptions): Promise<void> {
    for (let look = 0; look < JOB_LOOKS; look += 1) {
      const now = this.#clock.now();
      const day = (at: number) => new Date(at).toISOString();
      const query = { startDate: day(now - 2 * DAY_MS), endDate: day(now + DAY_MS) };
      let open = false;
      for await (const job of acdRows(this.#requester, "listUploadJobs", { ...options, query }))
        open ||= job.listId === listId && job.isComplete !== true && job.isCancelled !== true;
      if (!open) return;
      await this.#clock.sleep(JOB_LOOK_MS, options.signal);
    }
    throw new TenantError("vendor_unavailable", `listUploadJobs: the upload to list ${listId} has not ended`, {
      operationId: "listUploadJobs",
      advice: "Continue later: uploaded records are not uploaded again.",
    });
  }

  /**
   * In words, how many records the lists did not take: an upload's job gives no counts, but a list gives those of its last
   * upload.
   */
  async notTaken({ contactListId }: Holdable, options: AcdCallOptions): Promise<string[]> {
    const lists = await this.all(options);
    const names = new Set(wantedLists(contactListId, lists));
    return lists.flatMap(({ listName, validRecords, invalidRecords, totalRecords, ...list }) => {
      if (listName === undefined || !names.has(listName) || !isActive({ listName, ...list })) return [];
      const of = `of the last file of the list ${JSON.stringify(listName)}`;
      if (invalidRecords === undefined || invalidRecords === null)
        return [`the tenant does not say how many records ${of} it took`];
      if (invalidRecords === 0) return [];
      const all = totalRecords ?? (validRecords ?? 0) + invalidRecords;
      return [`the tenant took ${all - invalidRecords} of ${all} records ${of}: it refuses the others, and does not say which`];
    });
  }
}
