import type { RecordNeared } from '../check/report-neared.ts'
import { LIMIT_NEARED } from '../domain/neared.ts'
import { number } from './items.ts'
import { nearedKey } from './keys.ts'
import { type EventMarksOptions, MARK_OUTLIVES_MS, putOnce } from './put-once.ts'

/** Records that a subject nears a limit, once in a window. Rejects as `DynamoDB` does. */
export function createRecordNeared(options: EventMarksOptions): RecordNeared {
  return (neared, cause, signal) => {
    const { tenant, policy, subject, limit, used, startMs, endMs } = neared
    const item = {
      ...nearedKey(neared),
      tenant: { S: tenant },
      policy: { S: policy },
      subject: { S: subject },
      limit: number(limit),
      used: number(used),
      windowStart: { S: new Date(startMs).toISOString() },
      windowEnd: { S: new Date(endMs).toISOString() },
      ttl: number(Math.ceil((endMs + MARK_OUTLIVES_MS) / 1000)),
    }
    return putOnce(options, { item, type: LIMIT_NEARED, cause }, signal)
  }
}
