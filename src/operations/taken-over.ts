// What a process does when it finds that another replica has taken its job: nothing more.

import { OutdialError } from "../kernel/index.ts";

/**
 * Waits for work of a job. When it fails because the job belongs to another replica now, tells so and never settles: the workflow must
 * record neither a result nor a failure that is not its own any more.
 */
export async function standStillWhenTakenOver<T>(work: Promise<T>, tell: () => void): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof OutdialError && thrown.code === "not_owner") {
      tell();
      return new Promise<never>(() => {});
    }
    throw thrown;
  }
}
