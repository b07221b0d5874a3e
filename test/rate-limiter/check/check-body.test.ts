import * as fc from 'fast-check'
import * as z from 'zod/mini'
import { readCheckBody } from '../../../functions/rate-limiter/check/check-body.ts'
import { checkBody } from '../../../functions/rate-limiter/check/schema.ts'
import type { HttpProblem } from '../../../functions/shared/http/response.ts'
import { validate } from '../../../functions/shared/http/validate.ts'

const errorsOf = (body: unknown) => {
  const read = readCheckBody(body)
  return 'errors' in read ? read.errors : []
}
const GOOD = { policy: 'writes', subject: 'user:1' }

test('defaults are a cost of 1 and a charge', () => {
  expect(readCheckBody({ checks: [GOOD] })).toEqual({ checks: [{ ...GOOD, cost: 1, peek: false }] })
})

test('a subject is one, however its letters are composed', () => {
  expect(readCheckBody({ checks: [{ ...GOOD, subject: 'e\u0301' }] })).toMatchObject({ checks: [{ subject: 'é' }] })
})

test.each([
  ['no object', [], ''],
  ['no checks', {}, 'checks'],
  ['checks that are none', { checks: {} }, 'checks'],
  ['an empty list', { checks: [] }, 'checks'],
  ['more than twenty', { checks: Array.from({ length: 21 }, () => GOOD) }, 'checks'],
  ['an unknown field', { checks: [GOOD], mode: 'x' }, 'mode'],
  ['a check that is none', { checks: [GOOD, null] }, 'checks[1]'],
  ['no policy', { checks: [{ subject: 'x' }] }, 'checks[0].policy'],
  ['a policy with a separator of keys', { checks: [{ ...GOOD, policy: 'a#b' }] }, 'checks[0].policy'],
  ['no subject', { checks: [{ policy: 'x' }] }, 'checks[0].subject'],
  ['an empty subject', { checks: [{ ...GOOD, subject: '' }] }, 'checks[0].subject'],
  ['a subject of 257 bytes', { checks: [{ ...GOOD, subject: `${'é'.repeat(128)}x` }] }, 'checks[0].subject'],
  ['half of a surrogate pair', { checks: [{ ...GOOD, subject: '\ud83d' }] }, 'checks[0].subject'],
  ['a cost of 0', { checks: [{ ...GOOD, cost: 0 }] }, 'checks[0].cost'],
  ['half a cost', { checks: [{ ...GOOD, cost: 1.5 }] }, 'checks[0].cost'],
  ['a cost that is no exact number', { checks: [{ ...GOOD, cost: 2 ** 53 }] }, 'checks[0].cost'],
  ['a peek that is none', { checks: [{ ...GOOD, peek: 1 }] }, 'checks[0].peek'],
  ['an unknown field of a check', { checks: [{ ...GOOD, tenant: 'x' }] }, 'checks[0].tenant'],
])('%s is refused by its path', (_, body, path) => {
  expect(errorsOf(body).map((error) => error.path)).toEqual([path])
})

const anything = fc.oneof(fc.constant(undefined), fc.jsonValue())
const field = <Value>(good: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: anything })
const check = fc.record(
  {
    policy: field(fc.constantFrom('writes', 'a:b@c', '', 'a b', 'x'.repeat(129))),
    subject: field(
      fc.oneof(fc.string({ maxLength: 300, unit: 'grapheme' }), fc.constantFrom('', 'x'.repeat(257), '\udc00')),
    ),
    cost: field(fc.oneof(fc.integer(), fc.double())),
    peek: field(fc.boolean()),
    more: anything,
  },
  { requiredKeys: [] },
)
const bodies = fc.record(
  { checks: field(fc.array(field(check), { maxLength: 22 })), more: anything },
  { requiredKeys: [] },
)

test('the body that is read by hand is the one that the documents describe', () => {
  void fc.assert(
    fc.property(fc.oneof(bodies, anything), (generated) => {
      const body = generated === undefined ? undefined : JSON.parse(JSON.stringify(generated))
      const read = readCheckBody(body)
      expect('checks' in read).toBe(z.safeParse(checkBody, body).success)
      if ('checks' in read) return
      try {
        validate(checkBody, body)
      } catch (error) {
        const { problem } = error as HttpProblem
        const paths = new Set(read.errors.map(({ path }) => path))
        expect(problem.errors?.filter(({ path }) => !paths.has(path))).toEqual([])
      }
    }),
    { numRuns: 1000 },
  )
})
