import { randomBytes, randomUUID } from 'node:crypto'
import { json } from '../../../functions/shared/http/response.ts'
import { withRateLimit } from '../../../functions/shared/rate-limit/http/with-rate-limit.ts'
import { createLimiter } from '../../../functions/shared/rate-limit/limiter.ts'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import {
  createSignDecision,
  createVerifyDecision,
  type SignDecision,
  type VerifyDecision,
} from '../../../functions/shared/rate-limit/refunds/decision-id.ts'
import { createDecisionKey, createIsKnownKey } from '../../../functions/shared/rate-limit/refunds/decision-key.ts'
import { createRefund } from '../../../functions/shared/rate-limit/refunds/refund.ts'
import { patientDynamoDB, patientTimer, setFunctionEnvironment } from '../../support/cloud.ts'
import { httpEvent, requestOf } from '../../support/events.ts'
import { ownTable } from '../../support/own-table.ts'

// The code around the limiter, with the limiter itself and a real DynamoDB API.

setFunctionEnvironment()
const { signal } = new AbortController()
const clock = { now: Date.now, random: Math.random, startTimer: patientTimer }
const dynamodb = patientDynamoDB()
let table: string
let ids: { sign: SignDecision; verify: VerifyDecision }

beforeAll(async () => {
  table = await ownTable()
  const store = { client: dynamodb, tableName: table }
  const key = createDecisionKey({ ...store, now: clock.now })
  await key.store(signal)
  const isKnown = createIsKnownKey(store)
  ids = { sign: createSignDecision({ key, randomBytes }), verify: createVerifyDecision({ isKnown }) }
})

/** A limiter that remembers nothing: as a new environment has it. */
const newLimit = () => createLimiter({ client: dynamodb, tableName: table, budgetMs: 1000, ...clock })

const ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const
const policyOf = (algorithm: WindowPolicy['algorithm']): WindowPolicy => {
  return { name: `writes-${algorithm}`, algorithm, limit: 5, windowMs: 3_600_000 }
}

test.each(ALGORITHMS)('what a %s charged is given back once, and somebody else may have it', async (algorithm) => {
  const refund = createRefund({ client: dynamodb, tableName: table, randomBytes, ...clock })
  const subject = randomUUID()
  const ask = async (cost: number) => {
    const { decisions } = await newLimit()([{ policy: policyOf(algorithm), subject, cost }], signal)
    return decisions[0]
  }
  const taken = await ask(4)
  expect((await ask(2))?.allowed).toBe(false)
  const decision = await ids.verify(ids.sign(taken?.charges ?? []), signal)
  const refunded = await Promise.all([1, 2, 3].map(() => decision && refund(decision, signal)))
  expect(refunded.sort()).toEqual([0, 0, 4])
  expect((await ask(5))?.allowed).toBe(true)
  expect((await ask(1))?.allowed).toBe(false)
})

test('a subject and its parent get back what both were charged', async () => {
  const refund = createRefund({ client: dynamodb, tableName: table, randomBytes, ...clock })
  const run = randomUUID()
  const parent = { policy: policyOf('token-bucket'), subjectPrefix: `${run}:` }
  const policy = { ...policyOf('fixed-window'), parent }
  const ask = async (subject: string, cost: number) => {
    const { decisions } = await newLimit()([{ policy, subject: `${run}:${subject}`, cost }], signal)
    return decisions[0]
  }
  const taken = await ask('team:user', 5)
  expect(taken?.charges).toHaveLength(2)
  expect((await ask('team:other', 1))?.allowed).toBe(false)
  const decision = await ids.verify(ids.sign(taken?.charges ?? []))
  expect(decision && (await refund(decision, signal))).toBe(5)
  expect((await ask('team:other', 5))?.allowed).toBe(true)
})

test('of ten requests at once a route takes as many as its limit lets, and tells all of it', async () => {
  const policy = policyOf('fixed-window')
  const subject = randomUUID()
  const route = withRateLimit(async () => json(200, {}), { limit: newLimit(), policy, subject: () => subject })
  const request = () => route(requestOf(httpEvent({ routeKey: 'POST /v1/links' })))
  const answers = await Promise.all(Array.from({ length: 10 }, request))
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), ...Array(5).fill(429)])
  for (const { status, headers = {} } of answers) {
    expect(headers['ratelimit-policy']).toBe('"writes-fixed-window";q=5;w=3600')
    expect(headers.ratelimit).toMatch(/^"writes-fixed-window";r=[0-4];t=[1-9]\d*$/)
    expect(headers['retry-after'] === undefined).toBe(status === 200)
  }
})

test('a decision can be refunded as soon as the key of its environment is stored, and not before', async () => {
  const store = { client: dynamodb, tableName: table }
  const key = createDecisionKey({ ...store, now: clock.now })
  const verify = createVerifyDecision({ isKnown: createIsKnownKey(store) })
  const decisionId = createSignDecision({ key, randomBytes })([])
  expect(await verify(decisionId, signal)).toBeUndefined()
  await key.store(signal)
  expect(await verify(decisionId, signal)).toMatchObject({ charges: [] })
})
