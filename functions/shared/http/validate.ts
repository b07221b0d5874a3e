import * as z from 'zod/mini'
import { type FieldError, HttpProblem } from './response.ts'

/**
 * Checks a value against a schema.
 *
 * @throws HttpProblem 422 `invalid-input` with every wrong field, unknown fields included.
 */
export function validate<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value, { error: describe })
  if (result.success) return result.data
  const all = result.error.issues.flatMap(fieldErrors)
  const errors = all.slice(0, MAX_ERRORS).map(({ path, message }) => ({ path: path.slice(0, MAX_PATH), message }))
  throw new HttpProblem({
    status: 422,
    code: 'invalid-input',
    detail: summary(all.length, errors),
    errors,
  })
}

/** An answer that grows with a bad request would make a small one expensive: these are told, and the rest counted. */
const MAX_ERRORS = 50
const MAX_PATH = 100
const MAX_NAMED = 5

function summary(count: number, errors: FieldError[]): string {
  const names = errors.slice(0, MAX_NAMED).map(({ path }) => path || 'body')
  const more = count > names.length ? ` and ${count - names.length} more` : ''
  return `The request has ${count === 1 ? 'an invalid field' : `${count} invalid fields`}: ${names.join(', ')}${more}.`
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: toPath([...issue.path, key]), message: 'is not a field of this request' }))
  }
  return [{ path: toPath(issue.path), message: issue.message }]
}

/** `['tags', 3]` is `tags[3]`. */
function toPath(segments: PropertyKey[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`
    return path ? `${path}.${String(segment)}` : String(segment)
  }, '')
}

/** zod/mini ships no texts, to stay small: these are ours, and schemas give their own where these aren't enough. */
function describe(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${article(issue.expected)}`
    case 'too_big':
      return `must ${amount(issue.origin, issue.maximum)} at most`
    case 'too_small':
      return `must ${amount(issue.origin, issue.minimum)} at least`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`
    default:
      return 'is invalid'
  }
}

function amount(origin: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${limit} characters`
  return origin === 'array' || origin === 'set' ? `have ${limit} items` : `be ${limit}`
}

function article(type: string): string {
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`
}
