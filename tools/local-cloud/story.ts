import type { LogLine } from './log-lines.ts'

/** Tells what belongs to an id, line by line; `undefined` is a line that doesn't. */
export type Story = (line: LogLine) => string | undefined

/**
 * The story of one trace, or of any other id that the lines have, over all functions: when, who, how bad, what, and the
 * fields that tell more. Lambda's own lines are in it where they say that an invocation of the story went wrong.
 *
 * @param wanted a trace id, a whole `traceparent`, a correlation id, an event's id, …
 * @param width of the column of names.
 */
export function tellStory(wanted: string, width = 0): Story {
  const id = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(wanted)?.[1] ?? wanted
  const requests = new Set<string>()
  const said = new Set<unknown>()

  return ({ time, name, message, fields }) => {
    const start = `${new Date(time).toISOString()}  ${name.padEnd(width)}`
    if (!fields) {
      const isPart = message.includes(id) || [...requests].some((request) => message.includes(request))
      return isPart && !ROUTINE.test(message) ? `${start}  ${message}` : undefined
    }
    if (!message.includes(id)) return undefined
    if (typeof fields.function_request_id === 'string') requests.add(fields.function_request_id)
    const { level, message: text } = fields
    return [start, String(level).padEnd(5), text, ...telling(fields, said)].join('  ')
  }
}

/** What Lambda writes of each invocation, however it went. */
const ROUTINE = /^(START|END|INIT_START) |^REPORT (?!.*Status: )/

/** Where and when it was written is said already, the stack before the function's name; spans tell a tracing tool, and no reader, anything. */
const NOISE = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'function_name',
  'function_request_id',
  'span_id',
  'parent_span_id',
  '_aws',
  'stack',
])

/** The same for most lines of a story: each value is told once. */
const TOLD_ONCE = new Set(['trace_id', 'correlation_id', 'tenant'])

function telling(fields: Record<string, unknown>, said: Set<unknown>): string[] {
  return Object.entries(fields)
    .filter(([key, value]) => {
      if (NOISE.has(key) || value === undefined || (key === 'cold_start' && value === false)) return false
      if (!TOLD_ONCE.has(key)) return true
      const isNew = !said.has(value)
      said.add(value)
      return isNew
    })
    .map(([key, value]) => `${key}=${key === 'error' ? errorText(value) : valueText(value)}`)
}

/** Without its stack, which the function's own log has. */
function errorText(error: unknown): string {
  const { name, message, cause } = Object(error) as Record<string, unknown>
  return JSON.stringify(`${name}: ${message}${cause ? ` (${cause})` : ''}`)
}

function valueText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value)
}
