import type { Degraded, Denied, RecordOnce } from '../denials/publish-denials.ts'
import { MINUTE_KEPT_MS, type PolicyMinute, startOf } from '../domain/denials.ts'
import { limitDenied, limiterDegraded } from '../events.ts'
import { number } from './items.ts'
import { degradedKey, deniedKey } from './keys.ts'
import { type EventMarksOptions, MARK_OUTLIVES_MS, putOnce } from './put-once.ts'

/** Records that a subject was denied in a minute, once for each. Rejects as `DynamoDB` does. */
export function createRecordDenied(options: EventMarksOptions): RecordOnce<Denied> {
  return (denied, cause, signal) => {
    const item = { ...deniedKey(denied), ...minuteAttributes(denied), subject: { S: denied.subject } }
    return putOnce(options, { item, type: limitDenied.type, cause }, signal)
  }
}

/** Records that a policy's `onError` decided in a minute, once for each. Rejects as `DynamoDB` does. */
export function createRecordDegraded(options: EventMarksOptions): RecordOnce<Degraded> {
  return (degraded, cause, signal) => {
    const item = { ...degradedKey(degraded), ...minuteAttributes(degraded) }
    return putOnce(options, { item, type: limiterDegraded.type, cause }, signal)
  }
}

function minuteAttributes({ tenant, policy, minute, count }: PolicyMinute & { count: number }) {
  return {
    tenant: { S: tenant },
    policy: { S: policy },
    minute: { S: new Date(startOf(minute)).toISOString() },
    count: number(count),
    ttl: number((startOf(minute) + MINUTE_KEPT_MS + MARK_OUTLIVES_MS) / 1000),
  }
}
