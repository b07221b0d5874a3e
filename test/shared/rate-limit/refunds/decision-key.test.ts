import { createDecisionKey, createIsKnownKey } from '../../../../functions/shared/rate-limit/refunds/decision-key.ts'
import { clientOf, type DynamoDBCall } from '../../../support/fake-dynamodb.ts'

const DAY_MS = 86_400_000
const { signal } = new AbortController()

/** A table that fails its next call, if it is told so. */
function world() {
  const items = new Map<string, number>()
  const calls: { operation: string; consistent?: boolean | undefined; given: unknown }[] = []
  const state = { at: 0, fails: false }
  const call = async (operation: string, input: object, options?: { signal?: AbortSignal }) => {
    const { Key, ConsistentRead, ExpressionAttributeValues: values } = Object(input)
    calls.push({ operation, consistent: ConsistentRead, given: options?.signal })
    if (state.fails) throw new Error('The table is down')
    const name = `${Key.pk.S} ${Key.sk.S}`
    if (operation === 'UpdateItem') items.set(name, Number(values[':ttl'].N))
    return items.has(name) ? { Item: Key } : {}
  }
  const store = { client: clientOf(call as DynamoDBCall), tableName: 'limits' }
  return { items, calls, state, store, newKey: () => createDecisionKey({ ...store, now: () => state.at }) }
}

test('each environment has a key of its own, which is known once it is stored', async () => {
  const { store, newKey } = world()
  const [stored, other] = [newKey(), newKey()]
  await stored.store(signal)
  const isKnown = createIsKnownKey(store)
  expect(await isKnown(stored.publicKey, signal)).toBe(true)
  expect(await isKnown(other.publicKey, signal)).toBe(false)
  await other.store(signal)
  expect(await isKnown(other.publicKey, signal)).toBe(true)
})

test('a key is stored once a day, and kept for two years from then', async () => {
  const { items, calls, state, newKey } = world()
  const key = newKey()
  for (const at of [0, DAY_MS - 1, DAY_MS, DAY_MS + 1]) {
    state.at = at
    await key.store(signal)
  }
  expect(calls).toHaveLength(2)
  expect([...items]).toEqual([[`K#${key.publicKey.toString('base64url')} key`, (DAY_MS * 733 + 60_000) / 1000]])
})

test('a key that could not be stored is stored by the next call', async () => {
  const { items, state, newKey } = world()
  const key = newKey()
  state.fails = true
  await expect(key.store(signal)).rejects.toThrow('The table is down')
  state.fails = false
  await key.store(signal)
  expect(items.size).toBe(1)
})

test('a key is looked for consistently and with the signal, and a known one once', async () => {
  const { calls, store, newKey } = world()
  const key = newKey()
  await key.store(signal)
  const isKnown = createIsKnownKey(store)
  await isKnown(key.publicKey, signal)
  await isKnown(key.publicKey, signal)
  expect(calls).toEqual([
    { operation: 'UpdateItem', consistent: undefined, given: signal },
    { operation: 'GetItem', consistent: true, given: signal },
  ])
})

test('a key that cannot be looked for is not unknown', async () => {
  const { state, store, newKey } = world()
  state.fails = true
  await expect(createIsKnownKey(store)(newKey().publicKey, signal)).rejects.toThrow('The table is down')
})
