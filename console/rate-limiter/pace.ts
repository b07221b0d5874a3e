/** The distance of two bursts, in milliseconds. */
export const STEP_MS = 250

/** Returns the number of checks in a step, so that they add up to the rate. */
export function dueIn(step: number, perSecond: number): number {
  const until = (steps: number) => Math.floor((steps * STEP_MS * perSecond) / 1000)
  return until(step + 1) - until(step)
}
