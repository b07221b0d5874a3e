import type { InstrumentOptions } from '../../functions/shared/telemetry/instrument.ts'
import { createLogger } from '../../functions/shared/telemetry/logger.ts'

/** A parsed line of a log. */
export type LogLine = Record<string, unknown> & { level: string; message: string }

/** Telemetry for assertions: lines are kept, ids are zeros and ones, time stands still unless a clock is given. */
export function recordedTelemetry(now: () => number = () => 0): { telemetry: InstrumentOptions; lines: LogLine[] } {
  const lines: LogLine[] = []
  return { telemetry: telemetryTo((line) => lines.push(JSON.parse(line)), now), lines }
}

/** Telemetry without output, for tests that run a handler thousands of times. */
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
