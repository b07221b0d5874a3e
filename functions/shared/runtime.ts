import type { Clock, Random } from './clock.ts'
import { randomBytes } from './ids/random-bytes.ts'
import { type StartTimer, startTimer } from './resilience/timer.ts'
import type { InstrumentOptions } from './telemetry/instrument.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'

/** The parts of a function's runtime that everything below its handler gets as arguments. */
export interface Runtime {
  now: Clock
  random: Random
  randomBytes: typeof randomBytes
  startTimer: StartTimer
  logger: Logger
  telemetry: Pick<InstrumentOptions, 'logger' | 'now' | 'randomBytes'>
  /** Returns 12 random characters. */
  newId: () => string
}

/**
 * Creates what every handler passes to the code below it: the real clock, real randomness and a logger.
 *
 * @param service the name in each log line, such as `orders-api`.
 */
export function createRuntime(service: string): Runtime {
  const [now, random] = [Date.now, Math.random]
  const logger = createLogger({ service, now, write: (line) => process.stdout.write(line) })
  return {
    now,
    random,
    randomBytes,
    startTimer,
    logger,
    telemetry: { logger, now, randomBytes },
    newId: () => randomBytes(9).toString('base64url'),
  }
}
