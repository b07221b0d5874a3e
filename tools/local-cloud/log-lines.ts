/** A line of a function's log, as the log service returns it. */
export interface RawLine {
  id: string
  stream: string
  /**
   * The time of ingestion, in milliseconds since the epoch. MiniStack ingests all lines of an invocation at its end.
   */
  timestamp: number
  /** The function, as in `Orders/Api`. */
  name: string
  message: string
}

export interface LogLine extends RawLine {
  /** The time when it was written, in milliseconds since the epoch, as far as that is known. */
  time: number
  /** The fields of a line of ours (functions/shared/telemetry); Lambda's own lines are not JSON. */
  fields?: Record<string, unknown>
}

/** Sorts lines in the order in which they were written, over all functions. Those of a stream stay in its own order. */
export function inOrder(lines: readonly RawLine[]): LogLine[] {
  const arrivals = Map.groupBy(lines, ({ name, stream, timestamp }) => `${name} ${stream} ${timestamp}`)
  return [...arrivals.values()].flatMap(timed).sort((a, b) => a.time - b.time)
}

/**
 * Dates lines that were ingested together: a line without a time gets that of the line before it, the first one that of
 * the next.
 */
function timed(lines: readonly RawLine[]): LogLine[] {
  const parsed = lines.map((line) => ({ line, fields: parse(line.message) }))
  const times = parsed.map(({ fields }) => Date.parse(String(fields?.timestamp)))
  let time = times.find((own) => !Number.isNaN(own)) ?? lines[0]?.timestamp ?? 0
  return parsed.map(({ line, fields }, index) => {
    const own = times[index] ?? Number.NaN
    if (!Number.isNaN(own)) time = own
    return { ...line, time, ...(fields && { fields }) }
  })
}

function parse(message: string): Record<string, unknown> | undefined {
  if (!message.startsWith('{')) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}
