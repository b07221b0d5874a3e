import type { Category } from '../../../functions/notification/domain/category.ts'
import { type Message, readMessageBody } from '../../../functions/notification/send/message.ts'
import { renderTemplate } from '../../../functions/notification/templates/render.ts'
import { broadcastRoutes } from '../../../functions/notification/topics/broadcast-routes.ts'
import { publishMessage, type StoreBroadcast } from '../../../functions/notification/topics/publish.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { aCategory } from '../notifications.ts'
import { sendCaller, takenOver } from '../send-caller.ts'

const HOUR = 3_600_000

/** The route that publishes, over memory. */
function publisher() {
  const { now, advance } = fakeClock()
  const stored = new Map<string, Parameters<StoreBroadcast<Message>>[0]>()
  const world = { category: aCategory() as Category | undefined }
  const storeBroadcast: StoreBroadcast<Message> = async (broadcast) => {
    if (!stored.has(broadcast.id)) stored.set(broadcast.id, broadcast)
  }
  const read = { readCategory: async () => world.category, readTemplate: async () => undefined }
  const routes = broadcastRoutes<Message>({
    readMessage: readMessageBody({ ...read, render: renderTemplate, now }),
    publish: publishMessage({ nextVersion: async () => stored.size + 1, storeBroadcast, now }),
    readBroadcast: async ({ id }) => stored.get(id),
    readProgress: async () => undefined,
    stop: async () => 'not-found',
    idempotency: takenOver,
    tenancy: 'multi',
  })
  const call = sendCaller(routes)
  const publish = (body: object, key = 'op-1') =>
    call('POST /v1/topics/{topic}/publish', key, { category: 'orders', content: { text: 'Hello' }, ...body })
  return { advance, stored, world, publish, inASecond: new Date(now() + 1000).toISOString() }
}

type Publisher = ReturnType<typeof publisher>

/** @proves notification/one-effect */
test.each<{ name: string; body?: (given: Publisher) => object; change: (given: Publisher) => unknown; code: string }>([
  {
    name: 'its time is past',
    body: ({ inASecond }) => ({ sendAt: inASecond }),
    change: ({ advance }) => advance(HOUR),
    code: 'invalid-input',
  },
  {
    name: 'it expired',
    body: ({ inASecond }) => ({ expiresAt: inASecond }),
    change: ({ advance }) => advance(HOUR),
    code: 'invalid-input',
  },
  {
    name: 'its category was deleted',
    change: ({ world }) => Object.assign(world, { category: undefined }),
    code: 'unknown-category',
  },
])('a repeat is the broadcast that was published, although $name', async ({ body, change, code }) => {
  const given = publisher()
  const asked = body?.(given) ?? {}
  const first = await given.publish(asked)
  expect(first).toEqual({ status: 202, json: { broadcastId: 'op-1' } })
  await change(given)
  expect(await given.publish(asked)).toEqual(first)
  expect(await given.publish(asked, 'op-2')).toMatchObject({ status: 422, json: { code } })
  expect([...given.stored.keys()]).toEqual(['op-1'])
})
