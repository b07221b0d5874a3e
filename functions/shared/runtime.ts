import { randomBytes } from './ids/random-bytes.ts'
import { createLogger } from './telemetry/logger.ts'

/**
 * What every handler begins with, and hands to all that is below it: the real clock and randomness, and a log.
 *
 * @param service as in `orders-api`: it is on each line of the log.
 */
export function createRuntime(service: string) {
  const [now, random] = [Date.now, Math.random]
  const telemetry = { service, now, write: (line: string) => process.stdout.write(line), randomBytes }
  return {
    now,
    random,
    telemetry,
    log: createLogger(telemetry),
    /** 12 random characters. */
    newId: () => randomBytes(9).toString('base64url'),
  }
}
