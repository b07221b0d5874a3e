import type { Live } from '../../console/shared/wire.ts'
import type { LogLine } from '../local-cloud/log-lines.ts'
import type { BusFeed } from './bus-feed.ts'
import type { InventoryReader } from './inventory.ts'
import { policyLines } from './policy-lines.ts'

/** The pause between two looks at queues and logs, in milliseconds, and after a failure. */
const PAUSE_MS = 2_000
/** The overlap of reads of the logs, for lines that are ingested late. */
const OVERLAP_MS = 10_000

/** Sends a message of the live feed to a page. */
export type Listener = <Name extends keyof Live>(name: Name, data: Live[Name]) => void

export interface LiveFeed {
  /** Adds a page, and returns a function that removes it: the feed works only while there is one. */
  subscribe: (listener: Listener) => () => void
  close: () => Promise<void>
}

export interface LiveSources {
  bus: BusFeed
  inventory: InventoryReader
  readLines: (since: number) => Promise<LogLine[]>
  /** Waits; ends early when the signal is aborted. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>
  now: () => number
}

/** Watches buses, queues and logs while at least one page is open. A cloud that doesn't answer is asked again. */
export function liveFeed({ bus, inventory, readLines, pause, now }: LiveSources): LiveFeed {
  const listeners = new Set<Listener>()
  let watching: { controller: AbortController; done: Promise<unknown> } | undefined
  const publish: Listener = (name, data) => {
    for (const listener of listeners) listener(name, data)
  }

  const repeat = async (signal: AbortSignal, look: () => Promise<void>) => {
    while (!signal.aborted) {
      try {
        await look()
      } catch {
        // The cloud is down, starting, or being deployed: a later look succeeds.
        await pause(PAUSE_MS, signal)
      }
    }
  }
  const watchBus = (signal: AbortSignal) => {
    let opened = Number.NEGATIVE_INFINITY
    return repeat(signal, async () => {
      // Stacks may be deployed at any time.
      if (now() - opened > 5 * PAUSE_MS) {
        await bus.open()
        opened = now()
      }
      for (const event of await bus.next(signal)) publish('event', event)
    })
  }
  const watchQueues = (signal: AbortSignal) =>
    repeat(signal, async () => {
      publish('queues', await inventory.queues())
      await pause(PAUSE_MS, signal)
    })
  const watchLines = (signal: AbortSignal) => {
    const seen = new Map<string, number>()
    return repeat(signal, async () => {
      const since = now() - OVERLAP_MS
      for (const line of policyLines(await readLines(since))) {
        if (!seen.has(line.id)) publish('policy', line)
        seen.set(line.id, now())
      }
      for (const [id, at] of seen) if (at < since) seen.delete(id)
      await pause(PAUSE_MS, signal)
    })
  }
  const start = () => {
    const controller = new AbortController()
    const { signal } = controller
    const done = Promise.all([watchBus(signal), watchQueues(signal), watchLines(signal)])
    return { controller, done }
  }
  const stop = async () => {
    const stopped = watching
    watching = undefined
    stopped?.controller.abort()
    await stopped?.done
  }
  return {
    subscribe(listener) {
      listeners.add(listener)
      watching ??= start()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) void stop()
      }
    },
    async close() {
      listeners.clear()
      await stop()
      await bus.close().catch(() => {})
    },
  }
}
