import { randomUUID } from 'node:crypto'
import { answered } from '../support/http.ts'
import { undisturbed } from '../support/undisturbed.ts'
import { aSender } from './deployed.ts'

const sender = await aSender()
await sender.category({ onUncertain: 'drop' })

const HOUR = 3_600_000
const cancel = (id: string) => sender.call(`DELETE /v1/notifications/${id}`)

test('what is scheduled is cancelled, a second time too, and is not sent', async () => {
  const id = await sender.send({ sendAt: new Date(Date.now() + HOUR).toISOString() })
  expect((await sender.call(`GET /v1/notifications/${id}`)).json.status).toBe('scheduled')
  for (let times = 0; times < 2; times++) {
    expect(answered(200, await cancel(id)).json).toEqual({ channels: { email: 'cancelled' } })
  }
  expect((await sender.call(`GET /v1/notifications/${id}`)).json.status).toBe('cancelled')
})

test('what was sent is too late to cancel, and what nobody has is not found', async () => {
  const id = await undisturbed(async () => {
    const sent = await sender.send()
    await sender.until(sent, 'delivered')
    return sent
  })
  expect(answered(409, await cancel(id)).json.code).toBe('too-late')
  expect(answered(404, await cancel('none')).json.code).toBe('not-found')
})

/** @proves notification/sent-or-cancelled */
test('cancellations that race with the workers: each mail is either in the outbox or cancelled', async () => {
  const race = async () => {
    const email = `${randomUUID()}@example.com`
    const id = await sender.send({ to: { email }, priority: 'critical' })
    const answers: number[] = []
    // The worker takes the channel at some moment between these.
    for (let times = 0; times < 4 && !answers.includes(200); times++) answers.push((await cancel(id)).status)
    const isCancelled = answers.includes(200)
    await sender.until(id, isCancelled ? 'cancelled' : 'delivered')
    const kept = await sender.outbox(email)
    expect([isCancelled, kept.length]).toEqual([isCancelled, isCancelled ? 0 : 1])
  }
  await Promise.all(Array.from({ length: 8 }, () => undisturbed(race)))
})
