import { randomBytes, randomUUID } from 'node:crypto'
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { createInbox } from '../../../functions/shared/events/inbox.ts'
import type { TargetField } from '../../../functions/url-shortener/moderate/check-target.ts'
import { type BlockStore, createBlockStore, createTargetBlock } from '../../../functions/url-shortener/store/blocks.ts'
import { createLinkReads } from '../../../functions/url-shortener/store/reads.ts'
import { AT, aBlock, anUnblocking, aRemoval, beforeFirst, linkTable, newState } from './link-table.ts'

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

describe('the block of a target', () => {
  const blockTarget = (client = links.dynamodb) => {
    const inbox = createInbox({ ...links.options, client, consumer: 'test', now: Date.now, randomBytes })
    const { readDetails } = createLinkReads(links.options)
    return createTargetBlock({ ...links.options, inbox, readDetails })
  }

  const aTarget = (link: { tenant: string; code: string; url: string }) => ({
    eventId: randomUUID(),
    ...{ tenant: link.tenant, code: link.code, url: link.url },
    fields: ['url'] as TargetField[],
  })

  test('happens once per event, even if the link was unblocked meanwhile', async () => {
    const link = await stored()
    const target = aTarget(link)
    expect(await blockTarget()(target, aBlock({ blockedBy: null }), signal)).toBe('blocked')
    expect(await links.itemOf(link.code, 'block')).not.toHaveProperty('blockedBy')
    await links.blocks.unblock(link, anUnblocking(), signal)
    expect(await blockTarget()(target, aBlock({ blockedBy: null }), signal)).toBe('left')
    expect(await links.read(link.code)).toEqual(link)
  })

  test('applies to a link that leads there by its expiredUrl or a rule, and to no other target', async () => {
    const withDetails = async () => {
      const link = await stored()
      const key = (sk: string) => ({ pk: { S: `L#${link.code}` }, sk: { S: sk } })
      const rules = JSON.stringify([{ if: { device: 'ios' }, url: 'https://ios.example/' }])
      const Item = { ...key('details'), rules: { S: rules }, expiredUrl: { S: 'https://after.example/' } }
      await links.dynamodb.send(new PutItemCommand({ TableName: links.table, Item }))
      const UpdateExpression = 'SET hasRules = :yes, hasExpiredUrl = :yes'
      const ExpressionAttributeValues = { ':yes': { BOOL: true } }
      await links.dynamodb.send(
        new UpdateItemCommand({
          TableName: links.table,
          Key: key('link'),
          UpdateExpression,
          ExpressionAttributeValues,
        }),
      )
      return aTarget(link)
    }
    for (const url of ['https://ios.example/', 'https://after.example/']) {
      expect(await blockTarget()({ ...(await withDetails()), url }, aBlock(), signal)).toBe('blocked')
    }
    const elsewhere = { ...(await withDetails()), url: 'https://elsewhere.example/' }
    expect(await blockTarget()(elsewhere, aBlock(), signal)).toBe('left')
  })

  test('leaves a link that has another target by now, is deleted or another tenant’s', async () => {
    const link = await stored()
    const target = aTarget(link)
    expect(await blockTarget()({ ...target, url: 'https://example.org/' }, aBlock(), signal)).toBe('left')
    expect(await blockTarget()({ ...target, tenant: 'other' }, aBlock(), signal)).toBe('left')
    expect(await links.read(link.code)).toEqual(link)
    await links.store.remove(link, aRemoval(), signal)
    expect(await blockTarget()(target, aBlock(), signal)).toBe('left')
  })

  test.each([
    ['blocks the link', false, 'blocked'],
    ['is noted if the link is blocked meanwhile', true, 'noted'],
  ])('that the link does not have any more leaves its event to another target, which %s', async (_, isBlocked, outcome) => {
    const link = await stored()
    const target = aTarget(link)
    if (isBlocked) await links.blocks.block(link, aBlock(), signal)
    expect(await blockTarget()({ ...target, url: 'https://replaced.example/' }, aBlock(), signal)).toBe('left')
    expect(await blockTarget()(target, aBlock({ reason: 'Denied.' }), signal)).toBe(outcome)
  })

  describe('of a link that is blocked already', () => {
    const unblocked = async (link: { tenant: string; code: string }) => {
      await links.blocks.unblock(link, anUnblocking(), signal)
      return (await links.itemOf(link.code, 'link'))?.changed?.L?.map(({ S }) => S)
    }

    test('leaves the block and its event unchanged, and the event of the unblocking lists the fields to check again', async () => {
      const link = await stored()
      const block = aBlock({ reason: 'By hand.' })
      await links.blocks.block(link, block, signal)
      const fields: TargetField[] = ['url', 'rules']
      expect(await blockTarget()({ ...aTarget(link), fields }, aBlock(), signal)).toBe('noted')
      expect(await links.itemOf(link.code, 'block')).toMatchObject({ reason: { S: 'By hand.' } })
      expect(await links.entryOf(link.code, 'block')).toMatchObject({
        entry: { operationId: block.operationId },
        sequence: 2,
      })
      expect([await links.read(link.code), await links.sequenceOf(link.code)]).toEqual([{ ...link, blockedAt: AT }, 2])
      expect((await unblocked(link))?.sort()).toEqual(['rules', 'status', 'url'])
    })

    test('is recorded once per event, so that a link that was unblocked since is not checked for it again', async () => {
      const link = await stored()
      const target = aTarget(link)
      for (const [outcome, changed] of [
        ['noted', ['status', 'url']],
        ['left', ['status']],
      ]) {
        await links.blocks.block(link, aBlock(), signal)
        expect(await blockTarget()(target, aBlock(), signal)).toBe(outcome)
        expect(await unblocked(link)).toEqual(changed)
      }
    })

    test('survives another block of the same link', async () => {
      const link = await stored()
      await links.blocks.block(link, aBlock(), signal)
      await blockTarget()(aTarget(link), aBlock(), signal)
      await links.blocks.block(link, aBlock({ reason: 'Malware.' }), signal)
      expect(await unblocked(link)).toEqual(['status', 'url'])
    })

    test('is not lost if the link is unblocked concurrently: it is blocked, or its event causes another check', async () => {
      for (let round = 0; round < 10; round++) {
        const link = await stored()
        await links.blocks.block(link, aBlock(), signal)
        const [outcome, changed] = await Promise.all([
          blockTarget()(aTarget(link), aBlock({ reason: 'Denied.' }), signal),
          unblocked(link),
        ])
        if (outcome === 'noted') expect(changed).toEqual(['status', 'url'])
        else expect((await links.read(link.code)) ?? {}).toMatchObject({ blockedAt: AT })
      }
    })

    test('is not recorded on a block that was removed since the link was read: the link is blocked again', async () => {
      const link = await stored()
      await links.blocks.block(link, aBlock(), signal)
      const client = beforeFirst('TransactWriteItems', links.dynamodb, async () =>
        expect(await unblocked(link)).toEqual(['status']),
      )
      expect(await blockTarget(client)(aTarget(link), aBlock(), signal)).toBe('blocked')
    })

    test.each<[string, (store: BlockStore, link: { tenant: string; code: string }) => Promise<unknown>]>([
      ['an unblocking', (store, link) => store.unblock(link, anUnblocking(), signal)],
      ['another block', (store, link) => store.block(link, aBlock({ reason: 'Malware.' }), signal)],
    ])('is not lost to %s that had read the block before', async (_, write) => {
      const link = await stored()
      await links.blocks.block(link, aBlock(), signal)
      const client = beforeFirst('TransactWriteItems', links.dynamodb, async () =>
        expect(await blockTarget()(aTarget(link), aBlock(), signal)).toBe('noted'),
      )
      await write(createBlockStore(links.optionsOver(client)), link)
      expect(await unblocked(link)).toEqual(['status', 'url'])
    })
  })
})
