/** Marks a switch as exhaustive: a new variant without a branch does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unexpected variant: ${JSON.stringify(value)}`);
}

/** An invariant that holds if the code is right. Throws, so that the surrounding transaction rolls back. */
export function invariant(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(`invariant broken: ${message}`);
}
