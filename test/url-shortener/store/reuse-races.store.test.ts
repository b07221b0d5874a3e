import type { GetItemInput, PutItemInput, QueryInput, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import type { CallOptions } from '../../../functions/shared/aws/create-send.ts'
import { callOf, clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { CAUSE } from '../a-link.ts'
import { aChange, aRemoval, newState } from './link-table.ts'
import { codeOf, LATER, newUrl, type ReusableLinks, reusableLinks } from './reusable-links.ts'

const { signal } = new AbortController()
let links: ReusableLinks

beforeAll(async () => {
  links = await reusableLinks()
})

describe('a creation that dies between the pointer and its link', () => {
  const died = async (url: string) => {
    const call = async (operation: 'PutItem', input: PutItemInput, options?: CallOptions) => {
      if (input.ConditionExpression) throw new Error('The function died.')
      return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
    }
    const dying = links.storeOver(clientOf(call as unknown as DynamoDBCall))
    const made = { state: newState({ url }), changed: [], cause: CAUSE, sharing: 'offer' as const }
    await expect(dying.insert(made, signal)).rejects.toThrow('died')
    return made
  }

  test('hides no existing link', async () => {
    const url = newUrl()
    const first = codeOf(await links.reuse(url))
    await died(url)
    expect(codeOf(await links.reuse(url))).toBe(first)
    await links.store.remove({ tenant: 'acme', code: first }, aRemoval(), signal)
    expect(await links.reuse(url)).toMatchObject({ outcome: 'created' })
  })

  test('and is repeated is found, by the pointer of its first attempt', async () => {
    const url = newUrl()
    const made = await died(url)
    const other = codeOf(await links.reuse(url))
    await links.store.insert(made, signal)
    await links.store.remove({ tenant: 'acme', code: other }, aRemoval(), signal)
    expect(codeOf(await links.reuse(url))).toBe(made.state.link.code)
  })

  test('leaves a pointer that is deleted once no creation can be running any more', async () => {
    const url = newUrl()
    const { link } = (await died(url)).state
    await links.reuse(url)
    expect(await links.pointersOf(url)).toContain(link.code)
    const url2 = newUrl()
    await died(url2)
    const code = codeOf(await links.reuse(url2, { createdAt: LATER }))
    expect(await links.pointersOf(url2)).toEqual([code])
  })
})

test('a pointer that was written again since it was read is not deleted', async () => {
  const url = newUrl()
  const code = codeOf(await links.offer(url))
  await links.change({ tenant: 'acme', code }, aChange({ maxClicks: 3 }))
  const stale = { tenant: 'acme', code }
  const call = async (operation: 'Query' | 'DeleteItem', input: never, options?: CallOptions) => {
    if (operation === 'DeleteItem') await links.change(stale, aChange({ maxClicks: null }))
    return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
  }
  // A creation that is repeated after its link was changed leaves such a pointer.
  await links.writePointer(url, code)
  const slow = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  const made = { state: newState({ url, createdAt: LATER }), changed: [], cause: CAUSE, sharing: 'reuse' as const }
  await slow.insert(made, signal)
  expect(await links.pointersOf(url)).toContain(code)
})

test('a search waits for a claimed link that is not visible yet', async () => {
  const url = newUrl()
  const first = codeOf(await links.reuse(url))
  let hidden = 2
  const call = async (operation: 'Query' | 'GetItem', input: GetItemInput, options?: CallOptions) => {
    const answer = await callOf(links.dynamodb)(operation as 'GetItem', input, options)
    return operation === 'GetItem' && input.Key?.pk?.S === `L#${first}` && hidden-- > 0 ? {} : answer
  }
  const store = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  const made = { state: newState({ url }), changed: [], cause: CAUSE, sharing: 'reuse' as const }
  expect(codeOf(await store.insert(made, signal))).toBe(first)
})

test('pointers are read consistently, so that a new one counts at once', async () => {
  const asked: unknown[] = []
  const call = async (operation: 'Query', input: QueryInput, options?: CallOptions) => {
    if (operation === 'Query') asked.push(input.ConsistentRead)
    return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
  }
  const store = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  await store.insert({ state: newState(), changed: [], cause: CAUSE, sharing: 'reuse' }, signal)
  expect(asked).toEqual([true])
})

test('a link costs one additional write before its own, and with reuse one transaction of three', async () => {
  const calls: unknown[] = []
  const call = async (operation: 'TransactWriteItems', input: TransactWriteItemsInput, options?: CallOptions) => {
    if (/Put|Transact/.test(operation)) calls.push(input.TransactItems?.length ?? operation)
    return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
  }
  const store = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  for (const sharing of ['offer', 'reuse'] as const) {
    await store.insert({ state: newState({ url: newUrl() }), changed: [], cause: CAUSE, sharing }, signal)
  }
  expect(calls).toEqual(['PutItem', 'PutItem', 3])
})

/** @proves url-shortener/reuse-one-link */
test.each([
  'no link',
  'a deleted link',
])('with %s before, one of 20 concurrent requests creates the link and the others get it, in each of 5 rounds', async (before) => {
  for (let round = 0; round < 5; round++) {
    const url = newUrl()
    if (before !== 'no link') {
      const code = codeOf(await links.offer(url))
      await links.store.remove({ tenant: 'acme', code }, aRemoval(), signal)
    }
    const results = await Promise.all(Array.from({ length: 20 }, () => links.reuse(url)))
    expect(new Set(results.map(codeOf)).size).toBe(1)
    expect(results.filter((result) => result !== 'taken' && result.outcome === 'created')).toHaveLength(1)
  }
})
