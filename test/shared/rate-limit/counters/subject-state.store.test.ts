import { randomUUID } from 'node:crypto'
import {
  createReadSubjectStates,
  createResetSubject,
} from '../../../../functions/shared/rate-limit/counters/subject-state.ts'
import { createLimiter } from '../../../../functions/shared/rate-limit/limiter.ts'
import type { ConcurrencyPolicy, WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { createSlots } from '../../../../functions/shared/rate-limit/slots/slots.ts'
import { patientDynamoDB, patientTimer, setFunctionEnvironment } from '../../../support/cloud.ts'
import { ownTable } from '../../../support/own-table.ts'

setFunctionEnvironment()
const { signal } = new AbortController()
const WINDOW: WindowPolicy = { name: 'writes', algorithm: 'fixed-window', limit: 1000, windowMs: 3_600_000 }
const SEATS: ConcurrencyPolicy = { name: 'seats', algorithm: 'concurrency', limit: 5 }

/** Half an hour after a window began. */
const NOW = Math.floor(Date.now() / 3_600_000) * 3_600_000 + 1_800_000
const client = patientDynamoDB()
const tableName = await ownTable()
const options = { client, tableName, now: () => NOW, random: Math.random, startTimer: patientTimer }
const read = createReadSubjectStates(options)
const reset = createResetSubject({ client, tableName })
/** Another one each time, as a new environment: it remembers no denial. */
const limiter = () => createLimiter({ ...options, budgetMs: 1000 })

test.each<[string, WindowPolicy, object]>([
  ['a fixed window', WINDOW, { used: 7, remaining: 993, resetMs: 1_800_000 }],
  ['a sliding window', { ...WINDOW, algorithm: 'sliding-window' }, { used: 7, remaining: 993, resetMs: 5_400_000 }],
  ['a bucket', { ...WINDOW, algorithm: 'token-bucket', burst: 50 }, { used: 7, remaining: 43, resetMs: 25_200 }],
  ['shards', { ...WINDOW, shards: 8 }, { used: 7, remaining: 993, resetMs: 1_800_000 }],
  ['a policy of a tenant', { ...WINDOW, tenant: 'acme' }, { used: 7, remaining: 993, resetMs: 1_800_000 }],
])('%s says what a subject used, until it is reset', async (_, policy, state) => {
  const asked = { policy, subject: randomUUID() }
  for (const cost of [3, 4]) await limiter()([{ ...asked, cost }], signal)
  expect(await read([asked], signal)).toEqual([state])
  await reset(asked, signal)
  expect(await read([asked], signal)).toMatchObject([{ used: 0, resetMs: expect.any(Number) }])
})

test('a block leaves nothing, and ends with a reset', async () => {
  const asked = { policy: { ...WINDOW, limit: 1, blockMs: 3_600_000 }, subject: randomUUID() }
  for (let checks = 0; checks < 2; checks++) await limiter()([asked], signal)
  expect(await read([asked], signal)).toMatchObject([{ remaining: 0, resetMs: 3_600_000 }])
  await reset(asked, signal)
  expect((await limiter()([asked], signal)).allowed).toBe(true)
})

test('slots are those that are held, and a reset frees them', async () => {
  const asked = { policy: SEATS, subject: randomUUID() }
  const slots = createSlots({ ...options, budgetMs: 1000 })
  for (const [slotId, ttlMs] of [
    ['a', 10_000],
    ['b', 60_000],
  ] as const) {
    await slots.acquire({ ...asked, slotId, ttlMs }, signal)
  }
  expect(await read([asked], signal)).toEqual([{ used: 2, remaining: 3, resetMs: 60_000 }])
  await reset(asked, signal)
  expect(await read([asked], signal)).toEqual([{ used: 0, remaining: 5, resetMs: 0 }])
})

test('many are read at once, in the order in which they were asked for', async () => {
  const many = Array.from({ length: 30 }, () => ({ policy: { ...WINDOW, shards: 8 }, subject: randomUUID() }))
  const [first] = many
  if (first) await limiter()([{ ...first, cost: 5 }], signal)
  const states = await read(many, signal)
  expect(states.map(({ used }) => used)).toEqual([5, ...Array.from({ length: 29 }, () => 0)])
})
