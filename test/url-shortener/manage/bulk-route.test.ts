import { AppError } from '../../../functions/shared/errors.ts'
import { isFinal } from '../../../functions/url-shortener/manage/create-bulk.ts'
import type { CreateLinkInput, CreateLinkResult } from '../../../functions/url-shortener/manage/create-link.ts'
import { type EventOptions, httpEvent, jsonEvent } from '../../support/events.ts'
import { aState } from '../a-link.ts'
import { type ManagementOptions, managementApi, READER, WRITER } from './management-api.ts'

const ROUTE = { routeKey: 'POST /v1/links/bulk', claims: WRITER }

/**
 * Creates the API over a use case that returns the outcome of `create`, or creates a link with the last segment of the
 * url as its code.
 */
function bulk({
  create,
  ...options
}: Omit<ManagementOptions, 'create'> & { create?: (input: CreateLinkInput) => Promise<CreateLinkResult> } = {}) {
  const inputs: CreateLinkInput[] = []
  const api = managementApi({
    ...options,
    create: async (input) => {
      inputs.push(input)
      if (create) return create(input)
      return { outcome: 'created', state: aState({ code: input.fields.url.split('/').at(-1) ?? '' }) }
    },
  })
  const post = (links: unknown, more: Partial<EventOptions> = {}) =>
    api.send(jsonEvent({ ...ROUTE, json: { links }, ...more }))
  return { ...api, inputs, post }
}

const links = (count: number) => Array.from({ length: count }, (_, n) => ({ url: `https://example.com/${n}` }))

test('each link is created independently: 207 with the outcome of each, in the order of the request', async () => {
  const { post, counted } = bulk({
    create: async ({ fields, alias }) => {
      if (alias) return { outcome: 'alias-taken' }
      if (fields.url === 'x') return { outcome: 'invalid-url', errors: [{ path: 'url', message: 'is bad' }] }
      if (fields.url === 'old') return { outcome: 'reused', state: aState({ code: 'old' }) }
      if (fields.url === 'down') throw new AppError('dependency-failed', 'Down', { retryable: true })
      if (fields.url === 'bug') throw new TypeError('A bug')
      return { outcome: 'created', state: aState({ code: 'new' }) }
    },
  })
  const { status, body } = await post([
    { url: 'new' },
    { url: 'old', reuse: true },
    { url: 'new', alias: 'mine' },
    { url: 'x' },
    { url: 'new', maxClicks: 0 },
    7,
    { url: 'down' },
    { url: 'bug' },
  ])
  expect(status).toBe(207)
  const message = expect.any(String)
  expect(body.results).toEqual([
    { index: 0, status: 201, link: expect.objectContaining({ code: 'new', shortUrl: 'https://go.example/new' }) },
    { index: 1, status: 200, link: expect.objectContaining({ code: 'old' }) },
    { index: 2, status: 409, error: { code: 'alias-taken', message } },
    { index: 3, status: 422, error: { code: 'invalid-url', message, errors: [{ path: 'url', message: 'is bad' }] } },
    { index: 4, status: 422, error: { code: 'invalid-input', message, errors: [{ path: 'maxClicks', message }] } },
    { index: 5, status: 422, error: { code: 'invalid-input', message, errors: [{ path: '', message }] } },
    { index: 6, status: 503, error: { code: 'unavailable', message } },
    { index: 7, status: 500, error: { code: 'internal-error', message } },
  ])
  expect(counted).toEqual(['LinkCreated'])
})

test('an unexpected error is logged, and not shown to the client', async () => {
  const { post, lines } = bulk({ create: () => Promise.reject(new TypeError('A bug')) })
  const { body } = await post(links(1))
  expect(JSON.stringify(body)).not.toContain('bug')
  expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', index: 0 }))
})

test('a bulk has at most a hundred links, and may be empty', async () => {
  const { post, inputs } = bulk()
  expect((await post(links(100))).body.results.map(({ index }: { index: number }) => index)).toEqual([
    ...Array(100).keys(),
  ])
  expect(await post([])).toMatchObject({ status: 207, body: { results: [] } })
  inputs.length = 0
  expect(await post(links(101))).toMatchObject({ status: 422, body: { errors: [{ path: 'links' }] } })
  expect(inputs).toEqual([])
})

test('at most ten links are created at a time', async () => {
  let [running, most] = [0, 0]
  const { post } = bulk({
    create: async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      return { outcome: 'created', state: aState() }
    },
  })
  await post(links(50))
  expect(most).toBe(10)
})

test('each link is a separate operation, which is the same when the bulk is repeated', async () => {
  const { post, inputs } = bulk()
  for (const _ of [1, 2]) await post(links(100))
  const ids = inputs.map(({ operationId }) => operationId)
  expect(new Set(ids).size).toBe(100)
  const byUrl = (round: typeof inputs) => new Map(round.map(({ fields, operationId }) => [fields.url, operationId]))
  expect(byUrl(inputs.slice(100))).toEqual(byUrl(inputs.slice(0, 100)))
  for (const id of ids) expect(id).toMatch(/^[\w-]{16}$/)
})

test('a link that is not started in time gets 503, and the others are created', async () => {
  let timeIsUp = () => {}
  let made = 0
  const { post } = bulk({
    startTimer: (callback, ms) => {
      expect(ms).toBe(24_000)
      timeIsUp = callback
      return () => {}
    },
    create: async () => {
      made += 1
      if (made === 15) timeIsUp()
      return { outcome: 'created', state: aState() }
    },
  })
  const statuses = (await post(links(100))).body.results.map(({ status }: { status: number }) => status)
  expect(statuses).toEqual([...Array(made).fill(201), ...Array(100 - made).fill(503)])
  expect(made).toBeLessThan(25)
})

test('the timer ends with the request', async () => {
  let timers = 0
  const startTimer = () => {
    timers += 1
    return () => {
      timers -= 1
    }
  }
  await bulk({ startTimer }).post(links(3))
  expect(timers).toBe(0)
})

test.each([
  ['a megabyte', 1_048_576, 207],
  ['a byte more', 1_048_577, 413],
])('a body of %s is %i bytes: %i', async (_, bytes, status) => {
  const body = '{"links":[]}'.padEnd(bytes, ' ')
  const { send } = bulk()
  expect(await send(httpEvent({ ...ROUTE, headers: { 'content-type': 'application/json' }, body }))).toMatchObject({
    status,
  })
})

test('the scope to read is not enough', async () => {
  expect(await bulk().post(links(1), { claims: READER })).toMatchObject({
    status: 403,
    body: { code: 'scope-missing' },
  })
})

test.each<[string, number[], boolean]>([
  ['all made', [201, 200], true],
  ['some refused', [201, 409, 422], true],
  ['one not started in time', [201, 503], false],
  ['one that failed', [500], false],
  ['one over a limit', [201, 429], false],
  ['none', [], true],
])('an answer with %s: final is %j', (_, statuses, expected) => {
  const results = statuses.map((status, index) => ({ index, status }))
  expect(isFinal({ status: 207, body: { results } })).toBe(expected)
})

test.each([
  [422, true],
  [503, false],
  [429, false],
])('an answer %i as a whole: final is %j', (status, expected) => {
  expect(isFinal({ status })).toBe(expected)
})
