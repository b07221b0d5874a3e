import type { SendTurns, Turn } from '../../../functions/notification/deliver/turn.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import type { FastClock } from './fast-clock.ts'
import type { Faults } from './faults.ts'

/** A standard queue in this process: at least once, in any order, each message as late as it says or later. */
export interface TurnQueue {
  send: SendTurns
  /** The number of messages that wait or are handled. */
  size: () => number
  close: () => void
}

/** The time after which a message that failed comes again: long after the claim of its worker. */
const VISIBILITY_MS = 40_000

export function createTurnQueue(
  work: (turn: Turn) => Promise<unknown>,
  { clock, faults, random }: { clock: FastClock; faults: Faults; random: Random },
): TurnQueue {
  let waiting = 0
  let isClosed = false

  async function handle(turn: Turn): Promise<void> {
    waiting += 1
    try {
      await clock.until(turn.dueAt)
      for (;;) {
        if (isClosed) return
        const attempt = work(turn).then(
          () => true,
          () => false,
        )
        // The message comes again while its worker is still running.
        if (faults.hits('overlapped')) {
          await work(turn).catch(() => undefined)
        }
        const isDone = await attempt
        if (isDone && !faults.hits('repeated')) return
        await clock.until(clock.now() + VISIBILITY_MS * (isDone ? random() : 1))
      }
    } finally {
      waiting -= 1
    }
  }

  return {
    async send(turns) {
      for (const turn of turns) handle(turn).catch(() => undefined)
    },
    size: () => waiting,
    close() {
      isClosed = true
    },
  }
}
