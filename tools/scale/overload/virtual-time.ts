import { setImmediate } from 'node:timers/promises'
import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'

interface Entry {
  readonly at: number
  readonly order: number
  callback: () => void
}

/**
 * A clock that stands still while code runs, and jumps to the next timer when nothing is left to do. The resilience
 * modules run on it unchanged: a minute of thousands of requests takes seconds, and the same seed gives the same minute.
 */
export function createVirtualTime() {
  const entries: Entry[] = []
  let now = 0
  let order = 0

  const startTimer: StartTimer = (callback, ms) => {
    const entry: Entry = { at: now + ms, order: order++, callback }
    push(entries, entry)
    return () => {
      entry.callback = () => {}
    }
  }

  /** Runs all that is due before `end`. Whoever waits for a promise goes on between two timers. */
  async function runUntil(end: number): Promise<void> {
    for (let next = entries[0]; next && next.at < end; next = entries[0]) {
      pop(entries)
      now = next.at
      next.callback()
      await setImmediate()
    }
    now = end
  }

  return { now: () => now, startTimer, runUntil }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** A binary heap, the earliest first. */
function push(heap: Entry[], entry: Entry): void {
  heap.push(entry)
  let index = heap.length - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent] as Entry
    if (!isBefore(entry, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = entry
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const right = left + 1
    const [a, b] = [heap[left], heap[right]]
    const child = b && a && isBefore(b, a) ? right : left
    const entry = heap[child]
    if (!entry || !isBefore(entry, last)) break
    heap[index] = entry
    index = child
  }
  heap[index] = last
}
