import { randomBytes } from './ids/random-bytes.ts'
import { createLogger } from './telemetry/logger.ts'

/**
 * Creates what every handler passes to the code below it: the real clock, real randomness and a logger.
 *
 * @param service the name in each log line, such as `orders-api`.
 */
export function createRuntime(service: string) {
  const [now, random] = [Date.now, Math.random]
  const logger = createLogger({ service, now, write: (line) => process.stdout.write(line) })
  return {
    now,
    random,
    logger,
    telemetry: { logger, now, randomBytes },
    /** Returns 12 random characters. */
    newId: () => randomBytes(9).toString('base64url'),
  }
}
