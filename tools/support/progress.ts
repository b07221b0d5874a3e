import { throwIfInterrupted } from './interruption.ts'

/**
 * Shows a step while it runs, and its duration.
 *
 * @throws Interrupted when the user interrupted it.
 */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  throwIfInterrupted()
  const start = performance.now()
  console.log(`› ${title}`)
  const result = await work()
  throwIfInterrupted()
  console.log(`  done in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return result
}
