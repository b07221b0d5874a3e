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
 * Refuses what can't be counted exactly. Each policy is checked once.
 *
 * @throws RangeError that names the option, its value and its limits.
 */
export function checkPolicy(policy: WindowPolicy): void {
  if (valid.has(policy)) return
  const { name, limit, burst = limit, windowMs, calendar, blockMs = 0, shards = 1 } = policy
  checkName(policy)
  checkWhole({ limit, burst }, 1, MAX_LIMIT)
  if ((windowMs === undefined) === (calendar === undefined)) {
    throw new RangeError(`${name} has windowMs ${windowMs} and calendar ${calendar}: it must have one of both.`)
  }
  if (windowMs !== undefined) checkWhole({ windowMs }, 1000, YEAR_MS)
  checkWhole({ blockMs }, 0, YEAR_MS)
  checkWhole({ shards }, 1, Math.min(MAX_SHARDS, Math.max(1, Math.floor(Math.min(limit, burst) / 100))))
  if (policy.algorithm === 'token-bucket' && (calendar || !isExact(policy))) {
    throw new RangeError(`${name} is a token bucket: it must have windowMs, and limit * burst below 10^12.`)
  }
  const prefix = policy.parent?.subjectPrefix ?? ''
  checkRange({ 'bytes of subjectPrefix': Buffer.byteLength(prefix) }, 0, MAX_SUBJECT_BYTES)
  for (const parent of parentsOf(policy)) checkPolicy(parent)
  valid.add(policy)
}

/** @throws AppError `invalid-input` that names the limit. */
export function checkAsked(checks: readonly Check[]): void {
  if (checks.length < 1 || checks.length > MAX_CHECKS) {
    throw new AppError('invalid-input', `There are ${checks.length} checks: 1 to ${MAX_CHECKS} are allowed.`)
  }
  for (const { policy, subject, cost = 1 } of checks) {
    checkPolicy(policy)
    checkSubject(subject)
    if (!Number.isSafeInteger(cost) || cost < 1) {
      throw new AppError('invalid-input', `The cost is ${cost}: it must be a whole number from 1 on.`)
    }
    if ((checks.length > 1 || policy.parent) && [policy, ...parentsOf(policy)].some(({ shards = 1 }) => shards > 1)) {
      throw new AppError('invalid-input', `${policy.name} has shards: it is asked by itself, and has no parent.`)
    }
  }
}

/**
 * A name without the separator of keys: no two policies share a counter.
 *
 * @throws RangeError that gives the name.
 */
export function checkName({ name }: Pick<Policy, 'name'>): void {
  if (!/^[\w.~:@-]{1,128}$/.test(name)) {
    throw new RangeError(`The policy's name is "${name}": 1 to 128 letters, digits and ._~:@- are allowed.`)
  }
}

/** @throws AppError `invalid-input` that names the limit. */
export function checkSubject(subject: string): void {
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

/** @throws RangeError that names the option, its value and its limits. */
export function checkWhole(options: Record<string, number>, min: number, max: number): void {
  checkRange(options, min, max)
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isInteger(value)) throw new RangeError(`${name} is ${value}: it must be a whole number.`)
  }
}
