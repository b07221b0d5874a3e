import { etag, ifMatch, stale } from '../../../functions/shared/http/conditions.ts'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import { httpEvent, requestOf } from '../../support/events.ts'

const asked = (value?: string) =>
  ifMatch(
    requestOf(httpEvent({ routeKey: 'PATCH /thing', ...(value !== undefined && { headers: { 'if-match': value } }) })),
  )

/** @returns the problem: any other outcome fails the test. */
function refusal(value: string) {
  try {
    asked(value)
  } catch (error) {
    if (error instanceof HttpProblem) return error.problem
    throw error
  }
  throw new Error(`${value} was accepted.`)
}

test.each<[string, string | undefined]>([
  ['no If-Match', undefined],
  ['*', '*'],
  ['* between spaces', ' * '],
])('%s asks for any version', (_, value) => {
  expect(asked(value)).toBeUndefined()
})

test.each<[string, string]>([
  ['"version-1"', 'version-1'],
  [' "version-1"\t', 'version-1'],
  ['"01JP5Z8V3K7Q2M4N6R8T0W1X3Y"', '01JP5Z8V3K7Q2M4N6R8T0W1X3Y'],
  ['"A_b-9"', 'A_b-9'],
])('the tag %s asks for its version', (value, version) => {
  expect(asked(value)).toEqual([version])
})

test.each<[string, string[]]>([
  ['"version-1", "version-2"', ['version-1', 'version-2']],
  ['"version-1","version-2"', ['version-1', 'version-2']],
  ['W/"version-1", "version-2"', ['version-2']],
  ['"a,b", "version-2"', ['version-2']],
  [', "version-1", ,\t"version-2" ,', ['version-1', 'version-2']],
  ['"version!1", "", "version-2"', ['version-2']],
])('the tags %s ask for one of %j', (value, versions) => {
  expect(asked(value)).toEqual(versions)
})

test('a long list is read in no time, also when it is none', () => {
  const tags = Array(5000).fill('"version-1"')
  expect(asked(tags.join(', '))).toHaveLength(5000)
  expect(refusal(`${tags.join(' , ')} ,,,, "`)).toMatchObject({ status: 412 })
  expect(refusal(`"version-1"${', '.repeat(4000)}x`)).toMatchObject({ status: 412 })
  expect(refusal(`${', '.repeat(4000)}x`)).toMatchObject({ status: 412 })
})

test.each<[string, string]>([
  ['a weak tag', 'W/"version-1"'],
  ['weak tags', 'W/"version-1", W/"version-2"'],
  ['tags without a comma', '"version-1" "version-2"'],
  ['commas', ', ,'],
  ['a version without quotes', 'version-1'],
  ['a version with one quote', '"version-1'],
  ['a version in single quotes', "'version-1'"],
  ['nothing', ''],
  ['spaces', '  '],
  ['a tag of nothing', '""'],
  ['a tag with what no version of ours has', '"version 1"'],
  ['* in quotes', '"*"'],
  ['* and a tag', '*, "version-1"'],
  ['a tag with a newline after it', '"version-1"\n"version-2"'],
])('%s matches no version: 412', (_, value) => {
  expect(refusal(value)).toMatchObject({ status: 412, code: 'precondition-failed' })
})

test('an ETag that was given out is accepted again', () => {
  const tag = etag('version-1')
  expect(tag).toBe('"version-1"')
  expect(asked(tag)).toEqual(['version-1'])
})

test('a stale version is 412 and says what to do', () => {
  expect(stale().problem).toMatchObject({
    status: 412,
    code: 'precondition-failed',
    detail: expect.stringContaining('If-Match'),
  })
})
