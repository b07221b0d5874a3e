import type { PolicyLine } from '../../console/shared/wire.ts'
import type { LogLine } from '../local-cloud/log-lines.ts'

/** Matches the good news that `functions/shared/aws/create-send.ts` logs about a breaker, as in `dynamodb closed`. */
const RECOVERY = /^[\w-]+ (half-opened|closed)$/

/** Selects the lines in which retries, breakers, faults and consumers report something. */
export function policyLines(lines: readonly LogLine[]): PolicyLine[] {
  return lines.flatMap(({ id, name, time, fields }) => {
    const text = String(fields?.message ?? '')
    if (!fields || (fields.level === 'INFO' && !RECOVERY.test(text)) || fields.level === 'DEBUG') return []
    const [stack = '', functionName = ''] = name.split('/')
    const line: PolicyLine = {
      id,
      stack,
      function: functionName,
      time,
      level: String(fields.level),
      message: text,
      detail: detailOf(fields),
    }
    return [typeof fields.trace_id === 'string' ? { ...line, traceId: fields.trace_id } : line]
  })
}

const DETAILS = ['operation', 'fault', 'delay_ms', 'attempt', 'open_ms', 'reason', 'receive_count']

function detailOf(fields: Record<string, unknown>): string {
  const parts = DETAILS.filter((key) => fields[key] !== undefined).map((key) => `${key} ${fields[key]}`)
  const { message } = Object(fields.error) as { message?: unknown }
  return [...parts, ...(message === undefined ? [] : [String(message)])].join(' · ')
}
