import type { InstrumentOptions } from '../../functions/shared/telemetry/instrument.ts'
import { createLogger } from '../../functions/shared/telemetry/logger.ts'

/** One line of a log, read back. */
export type LogLine = Record<string, unknown> & { level: string; message: string }

/** Telemetry that a test reads: lines are kept, ids are zeros and ones, time stands still unless it is given. */
export function recordedTelemetry(now: () => number = () => 0): { telemetry: InstrumentOptions; lines: LogLine[] } {
  const lines: LogLine[] = []
  return { telemetry: telemetryTo((line) => lines.push(JSON.parse(line)), now), lines }
}

/** Telemetry that nobody reads, for tests that run a handler some thousand times. */
export function silentTelemetry(now: () => number = () => 0): InstrumentOptions {
  return telemetryTo(() => {}, now)
}

function telemetryTo(write: (line: string) => void, now: () => number): InstrumentOptions {
  return {
    logger: createLogger({ service: 'a-service', now, write }),
    now,
    randomBytes: (count) => new Uint8Array(count).fill(0x01),
  }
}
