import { throwIfInterrupted } from './interruption.ts'

/**
 * Shows a step while it runs, and how long it took.
 *
 * @throws Interrupted when the user asked to stop before or meanwhile.
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
