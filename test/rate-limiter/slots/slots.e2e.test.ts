import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant, unique } from '../deployed.ts'

const acme = await aTenant()
await acme.put('seats', { algorithm: 'concurrency', limit: 1 })
const take = (subject: string, ttlMs = 600_000, headers: Record<string, string> = {}) =>
  acme.send('POST /v1/slots', { policy: 'seats', subject, ttlMs }, headers)

/**
 * Repeats a claim with a subject of its own each time: on a busy machine `onError` may decide, and a slot that was denied
 * because the table took too long may be taken nevertheless.
 */
const ofSlots = (claim: (subject: string) => Promise<unknown>) => eventually(() => claim(unique()))

test('a slot is held, prolonged and given back', () =>
  ofSlots(async (subject) => {
    const { slotId, expiresAt } = answered(201, await take(subject)).json
    const denied = answered(429, await take(subject))
    expect(denied.json).toMatchObject({ code: 'rate-limited', 'violated-policies': ['seats'] })
    expect(Number(denied.headers.get('retry-after'))).toBeGreaterThan(0)
    const held = answered(200, await acme.send(`PUT /v1/slots/${slotId}`)).json
    expect(Date.parse(held.expiresAt)).toBeGreaterThanOrEqual(Date.parse(expiresAt))
    answered(204, await acme.send(`DELETE /v1/slots/${slotId}`))
    answered(201, await take(subject))
    expect((await acme.send(`PUT /v1/slots/${slotId}`)).json.code).toBe('not-found')
  }))

test('the slot of a holder that died is free when it expires, and its heartbeat is 404', async () => {
  const subject = unique()
  const { slotId } = (await eventually(async () => answered(201, await take(subject, 1000)))).json
  await eventually(async () => answered(201, await take(subject, 1000)))
  expect((await acme.send(`PUT /v1/slots/${slotId}`)).status).toBe(404)
})

test('a repeat with the same Idempotency-Key gives the same slot, and a denial is not kept', () =>
  ofSlots(async (subject) => {
    const key = { 'idempotency-key': `key-${unique()}` }
    const first = answered(201, await take(subject, 600_000, key))
    const second = answered(201, await take(subject, 600_000, key))
    expect([second.json, second.headers.get('idempotent-replayed')]).toEqual([first.json, 'true'])
    const later = { 'idempotency-key': `key-${unique()}` }
    answered(429, await take(subject, 600_000, later))
    answered(204, await acme.send(`DELETE /v1/slots/${first.json.slotId}`))
    answered(201, await take(subject, 600_000, later))
  }))

test.each([
  ['a time that is too short', { policy: 'seats', subject: 'a', ttlMs: 999 }, 'ttlMs'],
  ['no subject', { policy: 'seats', ttlMs: 1000 }, 'subject'],
  ['a policy with windows', { policy: 'windows', subject: 'a', ttlMs: 1000 }, 'policy'],
])('%s is 422', async (_, body, path) => {
  await acme.put('windows', { limit: 1, windowMs: 1000 })
  const { status, json } = await acme.send('POST /v1/slots', body)
  expect([status, json.errors[0].path]).toEqual([422, path])
})
