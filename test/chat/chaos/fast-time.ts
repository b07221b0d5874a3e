import type { Clock } from '../../../clients/chat/src/clock.ts'
import { type StartTimer, startTimer } from '../../../functions/shared/resilience/timer.ts'

/** The pauses of clients and servers are so many times as short as they would be. */
const SPEED = 20

const start = Date.now()

export const fastNow = (): number => start + SPEED * (Date.now() - start)

export const fastTimer: StartTimer = (callback, ms) => startTimer(callback, ms / SPEED)

/** The time within which a client expects an answer, which the local cloud doesn't give any faster. */
const ANSWER_MS = 10_000

/** A clock of clients, on which only time limits of answers last as long as they say. */
export const fastClock: Clock = {
  now: Date.now,
  startTimer: (callback, ms) => (ms === ANSWER_MS ? startTimer(callback, ms) : fastTimer(callback, ms)),
}
