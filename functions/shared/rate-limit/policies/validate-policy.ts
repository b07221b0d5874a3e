import { AppError } from '../../errors.ts'
import { checkRange } from '../../resilience/policy.ts'
import { isExact } from '../algorithms/token-bucket.ts'
import type { Check, Policy, WindowPolicy } from '../policy.ts'

const MAX_LIMIT = 1_000_000_000
const YEAR_MS = 366 * 86_400_000
const MAX_SHARDS = 8
const MAX_PARENTS = 4
const MAX_CHECKS = 20
const MAX_SUBJECT_BYTES = 256

const valid = new WeakSet<WindowPolicy>()

/**
 * Refuses a policy that can't be counted exactly. Each policy object is validated once.
 *
 * @throws RangeError that names the option, its value and its limits.
 */
export function validatePolicy(policy: WindowPolicy): void {
  if (valid.has(policy)) return
  const { name, limit, burst = limit, windowMs, calendar, blockMs = 0, shards = 1 } = policy
  validateName(policy)
  validateWhole({ limit, burst }, 1, MAX_LIMIT)
  if ((windowMs === undefined) === (calendar === undefined)) {
    throw new RangeError(`${name} has windowMs ${windowMs} and calendar ${calendar}: it must have one of them.`)
  }
  if (windowMs !== undefined) validateWhole({ windowMs }, 1000, YEAR_MS)
  validateWhole({ blockMs }, 0, YEAR_MS)
  validateWhole({ shards }, 1, Math.min(MAX_SHARDS, Math.max(1, Math.floor(Math.min(limit, burst) / 100))))
  if (policy.algorithm === 'token-bucket' && (calendar || !isExact(policy))) {
    throw new RangeError(`${name} is a token bucket: it must have windowMs, and limit * burst below 10^12.`)
  }
  const prefix = policy.parent?.subjectPrefix ?? ''
  checkRange({ 'bytes of subjectPrefix': Buffer.byteLength(prefix) }, 0, MAX_SUBJECT_BYTES)
  for (const parent of parentsOf(policy)) validatePolicy(parent)
  valid.add(policy)
}

/**
 * Refuses checks that no limiter decides, and their policies.
 *
 * @throws AppError `invalid-input` that names the limit, and what `validatePolicy` throws.
 */
export function validateChecks(checks: readonly Check[]): void {
  if (checks.length < 1 || checks.length > MAX_CHECKS) {
    throw new AppError('invalid-input', `There are ${checks.length} checks: 1 to ${MAX_CHECKS} are allowed.`)
  }
  for (const { policy, subject, cost = 1 } of checks) {
    validatePolicy(policy)
    validateSubject(subject)
    if (!Number.isSafeInteger(cost) || cost < 1) {
      throw new AppError('invalid-input', `The cost is ${cost}: it must be a whole number from 1 on.`)
    }
    if ((checks.length > 1 || policy.parent) && [policy, ...parentsOf(policy)].some(({ shards = 1 }) => shards > 1)) {
      throw new AppError('invalid-input', `${policy.name} has shards: it is checked by itself, and has no parent.`)
    }
  }
}

/**
 * Refuses a name or a tenant with the separator of keys, by which two policies could share a counter.
 *
 * @throws RangeError that gives it.
 */
export function validateName({ name, tenant }: Pick<Policy, 'name' | 'tenant'>): void {
  for (const [what, value] of Object.entries({ name, tenant })) {
    if (value !== undefined && !/^[\w.~:@-]{1,128}$/.test(value)) {
      throw new RangeError(`The policy's ${what} is "${value}": 1 to 128 letters, digits and ._~:@- are allowed.`)
    }
  }
}

/**
 * Refuses an empty or a long subject.
 *
 * @throws AppError `invalid-input` that names the limit.
 */
export function validateSubject(subject: string): void {
  const bytes = Buffer.byteLength(subject)
  if (bytes < 1 || bytes > MAX_SUBJECT_BYTES) {
    throw new AppError('invalid-input', `The subject has ${bytes} bytes: 1 to ${MAX_SUBJECT_BYTES} are allowed.`)
  }
}

function parentsOf(policy: WindowPolicy): WindowPolicy[] {
  const parents: WindowPolicy[] = []
  for (let parent = policy.parent; parent; parent = parent.policy.parent) {
    parents.push(parent.policy)
    checkRange({ parents: parents.length }, 0, MAX_PARENTS)
  }
  return parents
}

/**
 * Refuses numbers that are out of range or not whole.
 *
 * @throws RangeError that names the option, its value and its limits.
 */
export function validateWhole(options: Record<string, number>, min: number, max: number): void {
  checkRange(options, min, max)
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isInteger(value)) throw new RangeError(`${name} is ${value}: it must be a whole number.`)
  }
}
