import * as z from 'zod/mini'
import { illFormedPath } from '../well-formed.ts'
import { invalidInput } from './invalid-input.ts'
import type { FieldError } from './response.ts'

/**
 * Checks a value against a schema.
 *
 * @throws HttpProblem 422 `invalid-input` with every invalid field, including unknown ones.
 */
export function validate<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const checked = check(schema, value)
  if ('value' in checked) return checked.value
  throw invalidInput(checked.errors)
}

/** A value as its schema reads it, or every invalid field, including unknown ones. */
export type Checked<Value> = { value: Value } | { errors: readonly FieldError[] }

/** Checks a value against a schema, where an invalid one is no HTTP problem. */
export function check<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): Checked<z.output<Schema>> {
  const result = z.safeParse(schema, value, { error: describe })
  return result.success ? { value: result.data } : { errors: result.error.issues.flatMap(fieldErrors) }
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: toPath([...issue.path, key]), message: 'is not a field of this request' }))
  }
  return [{ path: toPath(issue.path), message: issue.message }]
}

/** Formats a path: `['tags', 3]` becomes `tags[3]`. */
function toPath(segments: PropertyKey[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`
    return path ? `${path}.${String(segment)}` : String(segment)
  }, '')
}

/** Returns our own messages, because zod/mini has none, to stay small. Schemas override them where needed. */
function describe(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${article(issue.expected)}`
    case 'too_big':
      return `must ${amount(issue.origin, 'at most', issue.maximum)}`
    case 'too_small':
      return `must ${amount(issue.origin, 'at least', issue.minimum)}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`
    default:
      return 'is invalid'
  }
}

function amount(origin: string, bound: 'at most' | 'at least', limit: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${limit} ${Number(limit) === 1 ? 'character' : 'characters'}`
  return origin === 'array' || origin === 'set'
    ? `have ${bound} ${limit} ${Number(limit) === 1 ? 'item' : 'items'}`
    : `be ${bound} ${limit}`
}

function article(type: string): string {
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`
}

/**
 * A text of a request. Half of a surrogate pair, which JSON can hold, is refused: it has no form in UTF-8, and would be
 * stored as another character.
 */
export function text(...checks: z.core.$ZodCheck<string>[]) {
  return z.string().check(
    z.refine((given) => given.isWellFormed(), ILL_FORMED),
    ...checks,
  )
}

const ILL_FORMED = 'must be Unicode text, without half of a surrogate pair'

/** An object of any values, all names and texts of which are like those of `text()`. */
export function jsonObject(...checks: z.core.$ZodCheck<Record<string, unknown>>[]) {
  return z.record(z.string(), z.unknown()).check(
    (payload) => {
      const path = illFormedPath(payload.value)
      if (path) payload.issues.push({ code: 'custom', input: payload.value, path, message: ILL_FORMED })
    },
    ...checks,
  )
}
