/** A line of a function's log, as the log service gives it. */
export interface RawLine {
  id: string
  stream: string
  /** When it came in, in milliseconds since the epoch. MiniStack says so of all of an invocation's lines at its end. */
  timestamp: number
  /** As in `Orders/Api`. */
  name: string
  message: string
}

export interface LogLine extends RawLine {
  /** When it was written, in milliseconds since the epoch, as far as that is known. */
  time: number
  /** What it says, if it is one of ours (functions/shared/telemetry); Lambda's own lines are no JSON. */
  fields?: Record<string, unknown>
}

/** The lines in the order in which they were written, over all functions. Those of a stream come in its own order. */
export function inOrder(lines: readonly RawLine[]): LogLine[] {
  const arrivals = Map.groupBy(lines, ({ name, stream, timestamp }) => `${name} ${stream} ${timestamp}`)
  return [...arrivals.values()].flatMap(timed).sort((a, b) => a.time - b.time)
}

/** Lines that came in together: one that doesn't say its time has that of the line before it, the first of one after. */
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
