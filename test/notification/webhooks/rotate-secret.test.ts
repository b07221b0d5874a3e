import type { StoredEndpoint } from '../../../functions/notification/domain/person.ts'
import { rotateSecret } from '../../../functions/notification/webhooks/rotate-secret.ts'
import { createSettle } from '../../../functions/shared/resilience/settle.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { anEndpoint, OLD_SECRET, SECRET } from './a-webhook.ts'

const DAY = 24 * 60 * 60 * 1000
const { signal } = new AbortController()
const ID = { tenant: 'acme', endpointId: 'orders' }

function given(endpoint: StoredEndpoint | undefined, races = 0) {
  let stored = endpoint
  let [left, bytes, versions] = [races, 0, 1]
  const rotate = rotateSecret({
    read: async () => stored,
    async replace({ before, after }) {
      if (left-- > 0 || before !== stored) return 'raced'
      stored = after
      return 'written'
    },
    settle: createSettle({ random: () => 0, startTimer }),
    randomBytes: (count) => new Uint8Array(count).fill(++bytes),
    newVersion: () => `v${++versions}`,
    now: () => 1000,
  })
  return { rotate: () => rotate(ID, signal), stored: () => stored }
}

test('a rotation makes a secret of 32 bytes, and the one before signs for another day', async () => {
  const { rotate, stored } = given(anEndpoint())
  const result = await rotate()
  expect(result).toMatchObject({ outcome: 'rotated', secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) })
  expect(stored()).toMatchObject({
    secrets: [
      { secret: 'secret' in result && result.secret, until: null },
      { secret: SECRET, until: 1000 + DAY },
    ],
    version: 'v2',
    updatedAt: 1000,
  })
})

test('a second rotation keeps the end of the older secret, and drops what has ended', async () => {
  const secrets = [
    { secret: SECRET, until: null },
    { secret: OLD_SECRET, until: 1001 },
    { secret: 'whsec_ended', until: 1000 },
  ]
  const { rotate, stored } = given(anEndpoint({ secrets }))
  await rotate()
  expect(stored()?.secrets.slice(1)).toEqual([
    { secret: SECRET, until: 1000 + DAY },
    { secret: OLD_SECRET, until: 1001 },
  ])
})

test('four secrets sign at most', async () => {
  const { rotate, stored } = given(anEndpoint())
  for (let round = 0; round < 6; round++) await rotate()
  expect(stored()?.secrets).toHaveLength(4)
})

test('a rotation that meets another change is judged anew', async () => {
  const { rotate } = given(anEndpoint(), 2)
  expect(await rotate()).toMatchObject({ outcome: 'rotated' })
})

test.each([undefined, anEndpoint({ channel: 'sms' })])('only a webhook has secrets', async (endpoint) => {
  expect(await given(endpoint).rotate()).toEqual({ outcome: 'not-found' })
})
