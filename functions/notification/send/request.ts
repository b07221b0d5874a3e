import type * as z from 'zod/mini'
import type { Cause } from '../../shared/events/event.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import type { FieldError } from '../../shared/http/response.ts'
import type { Recipient } from '../domain/notification.ts'
import { countsAsNow, type Request } from './accept.ts'
import type { newNotificationBody, recipient } from './schema.ts'
import type { SendProblem } from './send.ts'

type Body = Omit<z.output<typeof newNotificationBody>, 'to'>

const MAX_AHEAD_MS = 366 * 24 * 60 * 60 * 1000

/** The parts of a request that all recipients share. */
export type SharedRequest = Omit<Request, 'to'>

/**
 * Builds what a body asks for, beside its recipient.
 *
 * @throws HttpProblem 422 `invalid-input` for fields that contradict each other.
 */
export function sharedRequest(body: Body, { tenant, cause }: { tenant: string; cause: Cause }): SharedRequest {
  const errors = contradictions(body)
  if (errors.length > 0) throw invalidInput(errors)
  const { template, content, channels, steps, ...rest } = body
  return {
    tenant,
    source: content === undefined ? { template: template ?? '' } : { content: given(content) },
    steps: steps ?? channels?.map((channel) => ({ channel })),
    data: rest.data ?? {},
    category: rest.category,
    priority: rest.priority,
    sendAt: rest.sendAt ?? null,
    expiresAt: rest.expiresAt ?? null,
    digestKey: rest.digestKey ?? null,
    locale: rest.locale ?? null,
    reference: rest.reference ?? null,
    cause,
  }
}

/** Returns the problem with the times of a request that is new at `now`, in milliseconds since the epoch. */
export function wrongTimes({ sendAt, expiresAt }: SharedRequest, now: number): SendProblem | undefined {
  const errors: FieldError[] = []
  if (sendAt !== null && sendAt <= now && !countsAsNow(sendAt, now)) {
    errors.push({ path: 'sendAt', message: 'is in the past' })
  }
  if (sendAt !== null && sendAt > now + MAX_AHEAD_MS)
    errors.push({ path: 'sendAt', message: 'must be within 366 days' })
  if (expiresAt !== null && expiresAt <= Math.max(now, sendAt ?? now)) {
    errors.push({ path: 'expiresAt', message: 'must be later than now, and than sendAt' })
  }
  return errors.length > 0 ? { outcome: 'wrong-times', errors } : undefined
}

/** Returns the recipient of a body. */
export function toRecipient({ userId, ...addresses }: z.output<typeof recipient>): Recipient {
  return userId === undefined ? given(addresses) : { userId }
}

/** Leaves out fields that are `undefined`. */
function given<Value extends object>(value: Value): { [Name in keyof Value]: Exclude<Value[Name], undefined> } {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Value]: Exclude<Value[Name], undefined> }
}

function contradictions({ template, content, channels, steps }: Body): FieldError[] {
  const errors: FieldError[] = []
  if (template !== undefined && content !== undefined) {
    errors.push({ path: 'content', message: 'can’t be given together with template' })
  }
  if (template === undefined && content === undefined) {
    errors.push({ path: 'template', message: 'is required, unless there is content' })
  }
  if (channels && steps) errors.push({ path: 'steps', message: 'can’t be given beside channels' })
  return errors
}
