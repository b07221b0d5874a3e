/** Makes calls one after the other, prints their outcomes as JSON, and ends the process. */
export async function printOutcomes(calls: Record<string, () => Promise<unknown>>): Promise<void> {
  const outcomes: Record<string, string> = {}
  for (const [operation, call] of Object.entries(calls)) {
    outcomes[operation] = await call().then(
      () => 'answered',
      (error: Error) => `${error.message}: ${(error.cause as Error | undefined)?.message}`,
    )
  }
  process.stdout.write(JSON.stringify(outcomes), () => process.exit())
}
