import type { InstrumentOptions } from '../../functions/shared/telemetry/instrument.ts'
import { createLogger } from '../../functions/shared/telemetry/logger.ts'

/** One line of a log, read back. */
export type LogLine = Record<string, unknown> & { level: string; message: string }

/** Telemetry that a test reads: lines are kept, ids are zeros and ones, time stands still unless it is given. */
export function recordedTelemetry(now: () => number = () => 0): { telemetry: InstrumentOptions; lines: LogLine[] } {
  const lines: LogLine[] = []
  const telemetry: InstrumentOptions = {
    logger: createLogger({ service: 'a-service', now, write: (line) => lines.push(JSON.parse(line)) }),
    now,
    randomBytes: (count) => new Uint8Array(count).fill(0x01),
  }
  return { telemetry, lines }
}
