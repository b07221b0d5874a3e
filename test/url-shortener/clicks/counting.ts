import { linesWith } from '../deployed.ts'

/** Patience with counts: a test lets the counting of all clicks fail for a while (`clicked-events.e2e.test.ts`). */
export const COUNTED = { deadlineMs: 180_000 }

/** Finds out whether the counting of clicks has failed since a time in milliseconds. */
export async function countingFailedSince(time: number): Promise<boolean> {
  return (await linesWith('clicks not counted')).some(({ timestamp }) => Date.parse(timestamp) >= time)
}
