// Waiting for a fact: looked at again and again, whatever the time it takes.

/** Resolves when it holds. The test's own timeout ends a wait in vain. */
export async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await fact())) await new Promise((resolve) => setTimeout(resolve, 5));
}
