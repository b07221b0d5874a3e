import type { FieldError } from '../../shared/http/response.ts'
import { MAX_SUBJECT_BYTES, POLICY_NAME } from '../domain/policy.ts'

/** A check that names its policy. */
export interface NamedCheck {
  readonly policy: string
  /** In NFC, at most 256 bytes. */
  readonly subject: string
  readonly cost: number
  readonly peek: boolean
}

export const MAX_CHECKS = 20

export type CheckBody = { checks: NamedCheck[] } | { errors: FieldError[] }

/** Reads the body of `POST /v1/check`, or lists every field that is wrong, as `validate` would. */
export function readCheckBody(body: unknown): CheckBody {
  if (!isObject(body)) return { errors: [{ path: '', message: 'must be an object' }] }
  const errors: FieldError[] = unknownFields(body, ['checks'], '')
  const { checks } = body
  if (!Array.isArray(checks)) {
    errors.unshift({ path: 'checks', message: checks === undefined ? 'is required' : 'must be an array' })
    return { errors }
  }
  if (checks.length < 1) errors.push({ path: 'checks', message: 'must have at least 1 item' })
  if (checks.length > MAX_CHECKS) errors.push({ path: 'checks', message: `must have at most ${MAX_CHECKS} items` })
  errors.unshift(...checks.flatMap((check: unknown, index) => checkErrors(check, `checks[${index}]`)))
  return errors.length > 0 ? { errors } : { checks: checks.map(toNamedCheck) }
}

function toNamedCheck({ policy, subject, cost = 1, peek = false }: NamedCheck): NamedCheck {
  return { policy, subject: subject.normalize('NFC'), cost, peek }
}

function checkErrors(check: unknown, at: string): FieldError[] {
  if (!isObject(check)) return [{ path: at, message: 'must be an object' }]
  const { policy, subject, cost, peek } = check
  const messages = {
    policy: policyError(policy),
    subject: subjectError(subject),
    cost: cost === undefined ? undefined : costError(cost),
    peek: peek === undefined || typeof peek === 'boolean' ? undefined : 'must be a boolean',
  }
  const wrong = Object.entries(messages).flatMap(([name, message]) =>
    message === undefined ? [] : [{ path: `${at}.${name}`, message }],
  )
  return [...wrong, ...unknownFields(check, Object.keys(messages), `${at}.`)]
}

function policyError(policy: unknown): string | undefined {
  if (typeof policy !== 'string') return notA('string', policy)
  return POLICY_NAME.test(policy) ? undefined : 'must be 1 to 128 letters, digits or ._~:@-'
}

function subjectError(subject: unknown): string | undefined {
  if (typeof subject !== 'string') return notA('string', subject)
  if (!subject.isWellFormed()) return 'must be Unicode text, without half of a surrogate pair'
  const bytes = Buffer.byteLength(subject.normalize('NFC'))
  return bytes >= 1 && bytes <= MAX_SUBJECT_BYTES ? undefined : `must have 1 to ${MAX_SUBJECT_BYTES} bytes`
}

function costError(cost: unknown): string | undefined {
  if (typeof cost !== 'number') return notA('number', cost)
  return Number.isSafeInteger(cost) && cost >= 1 ? undefined : 'must be a whole number from 1 on'
}

function notA(type: string, value: unknown): string {
  return value === undefined ? 'is required' : `must be a ${type}`
}

function unknownFields(object: object, known: readonly string[], prefix: string): FieldError[] {
  return Object.keys(object)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `${prefix}${name}`, message: 'is not a field of this request' }))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
