import type { Span, Trace } from '../../console/shared/wire.ts'
import type { LogLine } from '../local-cloud/log-lines.ts'
import { traceFormatter } from '../local-cloud/trace-lines.ts'

type Fields = Record<string, unknown>
type OwnLine = LogLine & { fields: Fields }

/** Finds the trace id in a `traceparent`, or returns the id as it is. */
export function traceIdOf(wanted: string): string {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(wanted)?.[1] ?? wanted
}

/** Formats the lines of an id over all functions, as `npm run logs -- --trace` prints it, and draws its spans. */
export function traceOf(wanted: string, lines: readonly LogLine[]): Trace {
  const id = traceIdOf(wanted)
  const format = traceFormatter(wanted, Math.max(0, ...lines.map(({ name }) => name.length)))
  const texts = lines.map(format).filter((text) => text !== undefined)
  const own = lines.filter((line): line is OwnLine => line.fields !== undefined && line.message.includes(id))
  return { id, lines: texts, spans: spansOf(own) }
}

/**
 * Draws the parts of a trace: each invocation of a function, the outbox (from the end of the request that wrote an
 * event to its publication) and the bus (from there until a consumer begins, its queue included). A function logs after
 * its work, so that the next one may have begun, or even logged, before: such a wait took no time.
 */
export function spansOf(lines: readonly OwnLine[]): Span[] {
  const invocations = [...Map.groupBy(lines, keyOf).values()].map(invocation).sort((a, b) => a.start - b.start)
  const published = new Map(
    lines.filter(({ fields }) => fields.message === 'event published').map((line) => [line.fields.event_id, line]),
  )
  const writerOf = ({ time, fields: { event_id: event } }: OwnLine) => {
    const others = new Set(lines.filter(({ fields }) => fields.event_id === event).map(({ name }) => name))
    return invocations.findLast(({ start, name }) => start <= time && !others.has(name))
  }
  const waits = lines.flatMap((line): Span[] => {
    const { event_id: event, event_type: type, latency_ms: latency } = line.fields
    const publication = published.get(event)
    const writer = publication && writerOf(publication)
    if (!writer) return []
    if (line === publication) return [wait({ kind: 'outbox', start: writer.end, end: line.time, type })]
    const begun = line.time - Number(latency)
    const isConsumer = typeof latency === 'number' && line.name !== publication.name && begun >= writer.start
    return isConsumer
      ? [wait({ kind: 'bus', start: publication.time, end: begun, type: publication.fields.event_type })]
      : []
  })
  return [...invocations, ...waits].sort((a, b) => a.start - b.start || a.end - b.end)
}

/** Lines of one invocation, or of one message in its batch, belong together. */
function keyOf({ name, fields }: OwnLine): string {
  return [name, fields.function_request_id, fields.span_id].join(' ')
}

function invocation(lines: readonly OwnLine[]): Span {
  const times = lines.flatMap(({ time, fields }) => [time, time - Number(fields.latency_ms ?? 0)])
  const failed = lines.some(({ fields }) => fields.level === 'ERROR' || fields.outcome === 'failed')
  return {
    kind: 'function',
    name: lines[0]?.name ?? '',
    start: Math.min(...times),
    end: Math.max(...times),
    outcome: failed ? 'failed' : 'ok',
    detail: lines.map(({ fields }) => described(fields)).join('; '),
  }
}

const DESCRIBED = ['route', 'http_status', 'action', 'event_type', 'outcome', 'reason', 'receive_count']

function described(fields: Fields): string {
  const parts = DESCRIBED.filter((key) => fields[key] !== undefined).map((key) => String(fields[key]))
  return [fields.message, ...parts].join(' · ')
}

function wait({ kind, start, end, type }: { kind: 'outbox' | 'bus'; start: number; end: number; type: unknown }): Span {
  return { kind, name: String(type ?? 'event'), start: Math.min(start, end), end, outcome: 'ok', detail: '' }
}
