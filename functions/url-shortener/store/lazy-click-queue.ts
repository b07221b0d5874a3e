import type { Runtime } from '../../shared/runtime.ts'
import type { ClickQueue } from './click-queue.ts'

/**
 * Loads the queue of clicks when it is first used, in a file of its own: the redirect does so while its table is
 * prewarmed, so that both take no longer than one.
 */
export function lazyClickQueue(runtime: Runtime, queueUrl: string): Pick<ClickQueue, 'send' | 'ping'> {
  let loaded: Promise<ClickQueue> | undefined
  const load = () => {
    loaded ??= import('./click-queue.ts').then(({ createClickQueue }) => createClickQueue(runtime, queueUrl))
    return loaded
  }
  return {
    send: async (click, signal) => (await load()).send(click, signal),
    ping: async (signal) => (await load()).ping(signal),
  }
}
