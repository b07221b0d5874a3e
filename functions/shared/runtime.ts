import { randomBytes } from './ids/random-bytes.ts'
import { createLogger } from './telemetry/logger.ts'

/**
 * What every handler begins with, and hands to all that is below it: the real clock and randomness, and a logger.
 *
 * @param service as in `orders-api`: it is on each line of the log.
 */
export function createRuntime(service: string) {
  const [now, random] = [Date.now, Math.random]
  const logger = createLogger({ service, now, write: (line) => process.stdout.write(line) })
  return {
    now,
    random,
    logger,
    telemetry: { logger, now, randomBytes },
    /** 12 random characters. */
    newId: () => randomBytes(9).toString('base64url'),
  }
}
