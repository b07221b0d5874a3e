import * as z from 'zod/mini'
import { type FieldError, HttpProblem } from '../../../functions/shared/http/response.ts'
import { check, jsonObject, validate } from '../../../functions/shared/http/validate.ts'

const schema = z.strictObject({
  url: z.string().check(z.maxLength(10), z.minLength(2)),
  tags: z.optional(z.array(z.string().check(z.maxLength(3))).check(z.maxLength(5), z.minLength(1))),
  redirect: z.optional(z.literal([301, 302])),
  maxClicks: z.optional(z.number().check(z.minimum(1), z.maximum(9))),
  rules: z.optional(z.array(z.strictObject({ if: z.strictObject({ device: z.optional(z.string()) }) }))),
})

function problemOf(value: unknown) {
  try {
    validate(schema, value)
  } catch (error) {
    if (error instanceof HttpProblem) return error.problem
    throw error
  }
  throw new Error('Nothing was thrown.')
}

test('a valid value is returned', () => {
  const value = { url: 'abc', tags: ['a'], redirect: 301 }
  expect(validate(schema, value)).toEqual(value)
})

test.each<[string, unknown, FieldError]>([
  ['a missing field', {}, { path: 'url', message: 'is required' }],
  ['null, which is not absent', { url: null }, { path: 'url', message: 'must be a string' }],
  ['another type', { url: 'ab', tags: 'x' }, { path: 'tags', message: 'must be an array' }],
  ['another type of the body', [], { path: '', message: 'must be an object' }],
  ['no body', undefined, { path: '', message: 'is required' }],
  ['a long string', { url: 'a'.repeat(11) }, { path: 'url', message: 'must have at most 10 characters' }],
  ['a short string', { url: 'a' }, { path: 'url', message: 'must have at least 2 characters' }],
  ['a number too large', { url: 'ab', maxClicks: 10 }, { path: 'maxClicks', message: 'must be at most 9' }],
  ['a number too small', { url: 'ab', maxClicks: 0 }, { path: 'maxClicks', message: 'must be at least 1' }],
  ['a long list', { url: 'ab', tags: Array(6).fill('a') }, { path: 'tags', message: 'must have at most 5 items' }],
  ['a short list', { url: 'ab', tags: [] }, { path: 'tags', message: 'must have at least 1 item' }],
  [
    'a value that is not listed',
    { url: 'ab', redirect: 303 },
    { path: 'redirect', message: 'must be one of 301, 302' },
  ],
  ['an item', { url: 'ab', tags: ['a', 'b', 'c', 4] }, { path: 'tags[3]', message: 'must be a string' }],
  ['an unknown field', { url: 'ab', urls: 1 }, { path: 'urls', message: 'is not a field of this request' }],
  [
    'an unknown field deep inside',
    { url: 'ab', rules: [{ if: {} }, { if: { moon: 'full' } }] },
    { path: 'rules[1].if.moon', message: 'is not a field of this request' },
  ],
  [
    'a field named __proto__',
    JSON.parse('{"url": "ab", "__proto__": {"tags": ["a"]}}'),
    { path: '__proto__', message: 'is not a field of this request' },
  ],
])('%s is 422 with its path', (_, value, error) => {
  expect(problemOf(value)).toMatchObject({ status: 422, code: 'invalid-input', errors: [error] })
})

test('all invalid fields are reported at once', () => {
  const { errors, detail } = problemOf({ url: 7, tags: ['a', 'toolong'], extra: 1, more: 2 })
  expect(errors).toEqual(
    expect.arrayContaining([
      { path: 'url', message: 'must be a string' },
      { path: 'tags[1]', message: 'must have at most 3 characters' },
      { path: 'extra', message: 'is not a field of this request' },
      { path: 'more', message: 'is not a field of this request' },
    ]),
  )
  expect(errors).toHaveLength(4)
  expect(detail).toBe(`The request has 4 invalid fields: ${errors?.map(({ path }) => path).join(', ')}.`)
})

test('the detail of one error names its field, or the body', () => {
  expect(problemOf({}).detail).toBe('The request has an invalid field: url.')
  expect(problemOf(7).detail).toBe('The request has an invalid field: body.')
})

test.each([
  ['a text', { a: [1, { b: '\ud800' }] }, 'a[1].b'],
  ['a name', { a: { 'x\udfff': 1 } }, 'a.x\udfff'],
])('half of a surrogate pair in %s of any object is refused where it is', (_, value, path) => {
  const message = 'must be Unicode text, without half of a surrogate pair'
  expect(check(jsonObject(), value)).toEqual({ errors: [{ path, message }] })
})

test('an object of any values is taken as it is', () => {
  const value = { constructor: { name: 'Set' }, a: [null, '😀', { b: 1.5 }] }
  expect(check(jsonObject(), value)).toEqual({ value })
})
