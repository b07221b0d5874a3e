import type { Clock, Random } from './clock.ts'
import { randomBytes } from './ids/random-bytes.ts'
import type { InstrumentOptions } from './telemetry/instrument.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'

/** The parts of a function's runtime that everything below its handler gets as arguments. */
export interface Runtime {
  now: Clock
  random: Random
  logger: Logger
  telemetry: Pick<InstrumentOptions, 'logger' | 'now' | 'randomBytes'>
  /** Returns 12 random characters. */
  newId: () => string
}

/**
 * Creates what every handler begins with: the real clock and randomness, and a logger.
 *
 * @param service as in `orders-api`: it is on each line of the log.
 */
export function createRuntime(service: string): Runtime {
  const [now, random] = [Date.now, Math.random]
  const logger = createLogger({ service, now, write: (line) => process.stdout.write(line) })
  return {
    now,
    random,
    logger,
    telemetry: { logger, now, randomBytes },
    newId: () => randomBytes(9).toString('base64url'),
  }
}
