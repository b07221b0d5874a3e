import { judgeAnswer, retryAfterMs } from '../../../functions/notification/webhooks/judge-answer.ts'

const NOW = Date.UTC(2026, 2, 29, 12)
const answered = (status: number, headers = {}) => judgeAnswer({ outcome: 'answered', status, headers }, NOW)

test.each([200, 201, 204, 299])('%i is a success', (status) => {
  expect(answered(status)).toEqual({ outcome: 'delivered', providerId: null })
})

test.each([199, 300, 301, 304, 307, 400, 401, 404, 429, 500, 503])('%i is tried again', (status) => {
  expect(answered(status)).toEqual({ outcome: 'unavailable', reason: `http-${status}` })
})

test('410 means that the endpoint wants no more', () => {
  expect(answered(410, { 'retry-after': '7' })).toEqual({ outcome: 'refused', reason: 'gone', gone: true })
})

test('an address that may not be called is refused without another try', () => {
  expect(judgeAnswer({ outcome: 'refused' }, NOW)).toEqual({
    outcome: 'refused',
    reason: 'address-refused',
    gone: false,
  })
})

test('a request that was not sent is distinguished from one whose outcome is unknown', () => {
  expect(judgeAnswer({ outcome: 'not-sent', reason: 'enotfound' }, NOW)).toEqual({
    outcome: 'unavailable',
    reason: 'enotfound',
  })
  expect(judgeAnswer({ outcome: 'unknown', reason: 'timed-out' }, NOW)).toEqual({
    outcome: 'unknown',
    reason: 'timed-out',
  })
})

test('a failure may ask for a wait', () => {
  expect(answered(503, { 'retry-after': '120' })).toMatchObject({ outcome: 'unavailable', retryAfterMs: 120_000 })
})

test.each([
  ['120', 120_000],
  [' 5 ', 5000],
  ['0', 0],
  ['Sun, 29 Mar 2026 12:01:00 GMT', 60_000],
  ['Sun, 29 Mar 2026 11:59:00 GMT', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e9', undefined],
  ['99999999999', undefined],
  ['soon', undefined],
  ['2026-03-29T13:00:00Z', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j asks for %p ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms)
})
