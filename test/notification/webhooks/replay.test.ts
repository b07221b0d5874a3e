import type { Endpoint } from '../../../functions/notification/domain/person.ts'
import { DELIVERED, UNAVAILABLE } from '../deliver/deliver-world.ts'
import { type DigestWorldOptions, digestWorld } from '../deliver/digest-world.ts'
import { aPerson } from '../notifications.ts'

const HOOK = 'hook-1'
const endpoint: Endpoint = {
  ...{ id: HOOK, userId: 'ann', channel: 'webhook', address: 'https://example.com/hook' },
  ...{ enabled: true, disabledReason: null, secrets: [], version: 'v1' },
}
const ann = aPerson({ endpoints: [endpoint] })

/** A digest of two items that was sent to a webhook, with its id. */
async function sentDigest(options: DigestWorldOptions = {}) {
  const world = digestWorld({ readPerson: async () => ann, ...options })
  for (const id of ['a', 'b']) world.accept(id, { steps: [{ channel: 'webhook' }] })
  await world.run()
  const [digest] = world.digests()
  if (!digest) throw new Error('There is no digest.')
  return { world, digestId: digest.notification.id }
}

const bodiesOf = ({ messages }: ReturnType<typeof digestWorld>) => messages.map(({ parts }) => parts.body)
const keysOf = ({ messages }: ReturnType<typeof digestWorld>) => messages.map(({ idempotencyKey }) => idempotencyKey)

/** @proves notification/webhooks-verifiable */
test('the replay of a digest has the same id and the same bytes, with all of its items', async () => {
  const { world, digestId } = await sentDigest()
  await world.replay(digestId, HOOK)
  const [first, second, ...others] = bodiesOf(world)
  expect(others).toEqual([])
  expect(JSON.parse(String(first))).toMatchObject({ data: { count: 2 } })
  expect(second).toBe(first)
  expect(new Set(keysOf(world)).size).toBe(1)
  expect(world.channel(digestId)).toMatchObject({ status: 'delivered' })
  expect(world.channel(digestId).timeline.at(-1)).toMatchObject({ event: 'replayed', detail: `${HOOK}: delivered.` })
})

test('a replay that fails is in the timeline, and changes no status', async () => {
  const answers = [DELIVERED, UNAVAILABLE]
  const { world, digestId } = await sentDigest({ answer: () => answers.shift() ?? DELIVERED })
  await world.replay(digestId, HOOK)
  expect(world.channel(digestId)).toMatchObject({ status: 'delivered' })
  expect(world.channel(digestId).timeline.at(-1)?.detail).toBe(`${HOOK}: unavailable, throttled.`)
})

test('a digest that lost an item is not sent again, because its bytes would be others', async () => {
  const { world, digestId } = await sentDigest()
  world.lose('a')
  await world.replay(digestId, HOOK)
  expect(world.messages).toHaveLength(1)
})

test('a disabled endpoint gets no replay, nor does one that the digest was never sent to', async () => {
  let endpoints = [endpoint]
  const { world, digestId } = await sentDigest({ readPerson: async () => aPerson({ endpoints }) })
  endpoints = [
    { ...endpoint, enabled: false },
    { ...endpoint, id: 'other' },
  ]
  await world.replay(digestId, 'other')
  await world.replay(digestId, HOOK)
  expect(world.messages).toHaveLength(1)
})
