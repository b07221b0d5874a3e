import type { Runtime } from '../../shared/runtime.ts'
import type { ClickQueue } from './click-queue.ts'

/**
 * Loads the queue of clicks from a file of its own, once: the redirect does so while its table is prewarmed, so that both
 * take no longer than one. It sends nothing then, because a call more would lengthen the cold start.
 */
export function lazyClickQueue(
  runtime: Runtime,
  queueUrl: string,
): Pick<ClickQueue, 'send'> & { load: () => Promise<unknown> } {
  let loaded: Promise<ClickQueue> | undefined
  const load = () => {
    loaded ??= import('./click-queue.ts').then(({ createClickQueue }) => createClickQueue(runtime, queueUrl))
    return loaded
  }
  return { load, send: async (click, signal) => (await load()).send(click, signal) }
}
