import type { LogLine } from './log-lines.ts'

/** Formats the lines that belong to an id, one by one; `undefined` for a line that doesn't. */
export type LineFormatter = (line: LogLine) => string | undefined

/**
 * Creates what formats the lines of one trace, or of any other id, over all functions: time, function, level, message,
 * and the relevant fields. Lambda's own lines are included if they report that one of its invocations failed.
 *
 * @param wanted a trace id, a whole `traceparent`, a correlation id, an event's id, …
 * @param width of the column of names.
 */
export function traceFormatter(wanted: string, width = 0): LineFormatter {
  const id = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(wanted)?.[1] ?? wanted
  const requests = new Set<string>()
  const printed = new Set<unknown>()

  return ({ time, name, message, fields }) => {
    const start = `${new Date(time).toISOString()}  ${name.padEnd(width)}`
    if (!fields) {
      const isPart = message.includes(id) || [...requests].some((request) => message.includes(request))
      return isPart && !ROUTINE.test(message) ? `${start}  ${message}` : undefined
    }
    if (!message.includes(id)) return undefined
    if (typeof fields.function_request_id === 'string') requests.add(fields.function_request_id)
    const { level, message: text } = fields
    return [start, String(level).padEnd(5), text, ...fieldTexts(fields, printed)].join('  ')
  }
}

/** Matches the lines that Lambda writes for every invocation, whatever its outcome. */
const ROUTINE = /^(START|END|INIT_START) |^REPORT (?!.*Status: )/

/**
 * Fields that are left out: place and time are printed already, the stack precedes the function's name, and spans are
 * for tracing tools.
 */
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

/** Fields that repeat in most lines: each value is printed once. */
const PRINTED_ONCE = new Set(['trace_id', 'correlation_id', 'tenant'])

function fieldTexts(fields: Record<string, unknown>, printed: Set<unknown>): string[] {
  return Object.entries(fields)
    .filter(([key, value]) => {
      if (NOISE.has(key) || value === undefined || (key === 'cold_start' && value === false)) return false
      if (!PRINTED_ONCE.has(key)) return true
      const isNew = !printed.has(value)
      printed.add(value)
      return isNew
    })
    .map(([key, value]) => `${key}=${key === 'error' ? errorText(value) : valueText(value)}`)
}

/** Formats an error without its stack, which the function's own log has. */
function errorText(error: unknown): string {
  const { name, message, cause } = Object(error) as Record<string, unknown>
  return JSON.stringify(`${name}: ${message}${cause ? ` (${cause})` : ''}`)
}

function valueText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value)
}
