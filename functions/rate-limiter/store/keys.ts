import type { Item } from '../../shared/data/table.ts'
import type { PolicyMinute } from '../domain/denials.ts'
import type { Neared } from '../domain/neared.ts'
import type { PolicyId } from '../policy-book.ts'

// Every key of the table but those of the limiter's core (`Q`: counters and slots, `K#`: keys that sign decisions, `R#`: records of refunds) and of shared
// modules (`I#`: idempotency). A tenant and a policy's name hold no `#`, so that no two keys are the same.

export function policyKey({ tenant, name }: PolicyId): Item {
  return { pk: { S: policiesPk(tenant) }, sk: { S: `policy#${name}` } }
}

export function policiesPk(tenant: string): string {
  return `P#${tenant}`
}

export function overrideKey({ subject, ...id }: PolicyId & { subject: string }): Item {
  return { pk: { S: overridesPk(id) }, sk: { S: `${SUBJECT}${subject}` } }
}

export function overridesPk({ tenant, name }: PolicyId): string {
  return `O#${tenant}#${name}`
}

const SUBJECT = 'subject#'

export function subjectOf(key: Item): string {
  return key.sk?.S?.slice(SUBJECT.length) ?? ''
}

export function slotKey({ tenant, slotId }: { tenant: string; slotId: string }): Item {
  return { pk: { S: `S#${tenant}#${slotId}` }, sk: { S: 'slot' } }
}

export function minuteKey({ tenant, policy, minute }: PolicyMinute): Item {
  return { pk: { S: denialsPk({ tenant, policy }) }, sk: { S: minuteSk(minute) } }
}

export function denialsPk({ tenant, policy }: Pick<PolicyMinute, 'tenant' | 'policy'>): string {
  return `D#${tenant}#${policy}`
}

export function minuteSk(minute: string): string {
  return `minute#${minute}`
}

/** The event of a subject and window. */
export function nearedKey({ tenant, policy, subject, startMs }: Omit<Neared, 'limit' | 'used' | 'endMs'>): Item {
  return { pk: { S: `N#${tenant}#${policy}#${subject}` }, sk: { S: `neared#${new Date(startMs).toISOString()}` } }
}

/** The event of a subject and minute. */
export function deniedKey({ tenant, policy, subject, minute }: PolicyMinute & { subject: string }): Item {
  return { pk: { S: `E#${tenant}#${policy}#${subject}` }, sk: { S: `denied#${minute}` } }
}

/** The event of a policy that could not decide in a minute. */
export function degradedKey({ tenant, policy, minute }: PolicyMinute): Item {
  return { pk: { S: `E#${tenant}#${policy}` }, sk: { S: `degraded#${minute}` } }
}
