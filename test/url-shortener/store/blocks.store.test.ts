import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { CAUSE } from '../a-link.ts'
import { AT, aBlock, anUnblocking, aRemoval, linkTable, newState } from './link-table.ts'

const { signal } = new AbortController()
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

const stored = async () => {
  const state = newState()
  await links.insert(state)
  return state.link
}

test('a blocked link gets the time and keeps its version, and the rest is in an item beside it, with the event', async () => {
  const link = await stored()
  const block = aBlock()
  expect(await links.blocks.block(link, block, signal)).toBe('blocked')
  expect(await links.read(link.code)).toEqual({ ...link, blockedAt: AT })
  expect(await links.itemOf(link.code, 'block')).toMatchObject({ reason: { S: 'Spam.' }, blockedBy: { S: 'admin-1' } })
  const entry = { operationId: block.operationId, type: 'url-shortener.link.blocked', time: AT, ...CAUSE }
  expect(await links.entryOf(link.code, 'block')).toEqual({ entry, sequence: 2 })
  expect(await links.sequenceOf(link.code)).toBe(2)
})

test('a second block for the same reason changes nothing, and one for another reason causes another event', async () => {
  const link = await stored()
  await links.blocks.block(link, aBlock(), signal)
  expect(await links.blocks.block(link, aBlock(), signal)).toBe('unchanged')
  expect(await links.sequenceOf(link.code)).toBe(2)
  await links.blocks.block(link, aBlock({ reason: 'Malware.' }), signal)
  expect(await links.entryOf(link.code, 'block')).toMatchObject({ sequence: 3 })
  expect(await links.itemOf(link.code, 'block')).toMatchObject({ reason: { S: 'Malware.' } })
})

test('a block that requires an unblocked link is refused if there is one, unless an earlier attempt created it', async () => {
  const link = await stored()
  const selector = { ...link, onlyIfAbsent: true }
  const block = aBlock()
  for (const _ of [1, 2]) expect(await links.blocks.block(selector, block, signal)).toBe('blocked')
  for (const reason of ['Spam.', 'Malware.']) {
    expect(await links.blocks.block(selector, aBlock({ reason }), signal)).toBe('stale')
  }
  expect(await links.sequenceOf(link.code)).toBe(2)
})

test('an unblocked link is as before, without a record, and has an event; a second unblocking has no effect', async () => {
  const link = await stored()
  await links.blocks.block(link, aBlock(), signal)
  const unblock = anUnblocking()
  expect(await links.blocks.unblock(link, unblock, signal)).toBe('unblocked')
  expect(await links.read(link.code)).toEqual(link)
  expect(await links.itemOf(link.code, 'block')).toBeUndefined()
  const entry = { operationId: unblock.operationId, type: 'url-shortener.link.updated' }
  expect(await links.entryOf(link.code, 'link')).toMatchObject({ entry, sequence: 3 })
  expect(await links.blocks.unblock(link, anUnblocking(), signal)).toBe('unblocked')
  expect(await links.entryOf(link.code, 'link')).toMatchObject({ entry, sequence: 3 })
})

test('a link that is missing, deleted or another tenant’s is not found, and nothing is written', async () => {
  const link = await stored()
  const unblock = anUnblocking()
  expect(await links.blocks.block({ ...link, tenant: 'other' }, aBlock(), signal)).toBe('not-found')
  expect(await links.blocks.unblock({ ...link, tenant: 'other' }, unblock, signal)).toBe('not-found')
  expect(await links.read(link.code)).toEqual(link)
  await links.store.remove(link, aRemoval(), signal)
  expect(await links.blocks.block(link, aBlock(), signal)).toBe('not-found')
  expect(await links.blocks.block({ ...link, code: 'never-given-out' }, aBlock(), signal)).toBe('not-found')
  expect(await links.itemOf(link.code, 'block')).toBeUndefined()
})

test('a link that is deleted while it is blocked keeps the record of the block, and nothing else', async () => {
  const link = await stored()
  await links.blocks.block(link, aBlock(), signal)
  await links.store.remove(link, aRemoval(), signal)
  expect(await links.read(link.code)).toEqual({ code: link.code, deletedAt: AT })
  expect(await links.itemOf(link.code, 'link')).not.toHaveProperty('blockedAt')
  expect(Object.keys((await links.itemOf(link.code, 'block')) ?? {}).sort()).toEqual(
    ['blockedAt', 'blockedBy', 'code', 'event', 'pk', 'reason', 'sequence', 'sk', 'tenant'].sort(),
  )
})

test('a link that was created before there were events is blocked like any other', async () => {
  const { code } = await stored()
  const key = { pk: { S: `L#${code}` }, sk: { S: 'link' } }
  const UpdateExpression = 'REMOVE #sequence, #event'
  const ExpressionAttributeNames = { '#sequence': 'sequence', '#event': 'event' }
  await links.dynamodb.send(
    new UpdateItemCommand({ TableName: links.table, Key: key, UpdateExpression, ExpressionAttributeNames }),
  )
  expect(await links.blocks.block({ tenant: 'acme', code }, aBlock(), signal)).toBe('blocked')
  expect(await links.entryOf(code, 'block')).toMatchObject({ sequence: 1 })
  expect(await links.sequenceOf(code)).toBe(1)
})
