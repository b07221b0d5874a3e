import { randomBytes, randomUUID } from 'node:crypto'
import {
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItemsInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { CallOptions } from '../../../functions/shared/aws/create-send.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { createInbox } from '../../../functions/shared/events/inbox.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { NO_DETAILS } from '../../../functions/url-shortener/domain/link.ts'
import type { Block } from '../../../functions/url-shortener/moderate/block-link.ts'
import type { TargetField } from '../../../functions/url-shortener/moderate/check-target.ts'
import { createBlockStore, createTargetBlock } from '../../../functions/url-shortener/store/blocks.ts'
import { createDenylist } from '../../../functions/url-shortener/store/denylist.ts'
import { createLinkStore } from '../../../functions/url-shortener/store/link-store.ts'
import { createLinkReads } from '../../../functions/url-shortener/store/reads.ts'
import { createReportStore } from '../../../functions/url-shortener/store/reports.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { callOf, clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { ownTable } from '../../support/own-table.ts'
import { aLink, CAUSE } from '../a-link.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
const AT = '2026-05-06T07:08:09.000Z'
let table: string

beforeAll(async () => {
  table = await ownTable('UrlShortener')
})

const options = () => ({ client: dynamodb, tableName: table, random: Math.random, newToken: randomUUID })
const links = () => createLinkStore(options())
const blocks = () => createBlockStore(options())
const stored = async () => {
  const link = aLink({ code: `store-${randomUUID()}`, version: randomUUID() })
  const state = { link, details: NO_DETAILS, clicks: 0 }
  await links().insert({ state, changed: [], cause: CAUSE, sharing: 'none' }, signal)
  return link
}
const aBlock = (more: Partial<Block> = {}): Block => ({
  operationId: randomUUID(),
  reason: 'Spam.',
  blockedAt: AT,
  blockedBy: 'admin-1',
  cause: CAUSE,
  ...more,
})
const readItem = async (code: string, sk: string) => {
  const key = { pk: { S: `L#${code}` }, sk: { S: sk } }
  return (await dynamodb.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item
}
const eventOf = async (code: string, sk: string) => readEntry((await readItem(code, sk)) ?? {})
const sequenceOf = async (code: string) => Number((await readItem(code, 'link'))?.sequence?.N)
const read = (code: string) => links().read(code, { consistent: true, signal })

describe('block and unblock', () => {
  test('a blocked link has the time, its version stays, and the rest is beside it with the event', async () => {
    const link = await stored()
    const block = aBlock()
    expect(await blocks().block(link, block, signal)).toBe('blocked')
    expect(await read(link.code)).toEqual({ ...link, blockedAt: AT })
    expect(await readItem(link.code, 'block')).toMatchObject({ reason: { S: 'Spam.' }, blockedBy: { S: 'admin-1' } })
    const entry = { operationId: block.operationId, type: 'url-shortener.link.blocked', time: AT, ...CAUSE }
    expect(await eventOf(link.code, 'block')).toEqual({ entry, sequence: 2 })
    expect(await sequenceOf(link.code)).toBe(2)
  })

  test('a second block for the same reason changes nothing, one for another is another event', async () => {
    const link = await stored()
    await blocks().block(link, aBlock(), signal)
    expect(await blocks().block(link, aBlock(), signal)).toBe('unchanged')
    expect(await sequenceOf(link.code)).toBe(2)
    await blocks().block(link, aBlock({ reason: 'Malware.' }), signal)
    expect(await eventOf(link.code, 'block')).toMatchObject({ sequence: 3 })
    expect(await readItem(link.code, 'block')).toMatchObject({ reason: { S: 'Malware.' } })
  })

  test('a block that asks for a link without one is refused where there is one, but for its own earlier try', async () => {
    const link = await stored()
    const selector = { ...link, onlyIfAbsent: true }
    const block = aBlock()
    for (const _ of [1, 2]) expect(await blocks().block(selector, block, signal)).toBe('blocked')
    for (const reason of ['Spam.', 'Malware.']) {
      expect(await blocks().block(selector, aBlock({ reason }), signal)).toBe('stale')
    }
    expect(await sequenceOf(link.code)).toBe(2)
  })

  test('an unblocked link is as it was, without a record, and says so in an event; a second time nothing happens', async () => {
    const link = await stored()
    await blocks().block(link, aBlock(), signal)
    const unblock = { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }
    expect(await blocks().unblock(link, unblock, signal)).toBe('unblocked')
    expect(await read(link.code)).toEqual(link)
    expect(await readItem(link.code, 'block')).toBeUndefined()
    const entry = { operationId: unblock.operationId, type: 'url-shortener.link.updated' }
    expect(await eventOf(link.code, 'link')).toMatchObject({ entry, sequence: 3 })
    expect(await blocks().unblock(link, { ...unblock, operationId: randomUUID() }, signal)).toBe('unblocked')
    expect(await eventOf(link.code, 'link')).toMatchObject({ entry, sequence: 3 })
  })

  test('another tenant’s, a deleted and a missing link are not found, and nothing is written', async () => {
    const link = await stored()
    const unblock = { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }
    expect(await blocks().block({ ...link, tenant: 'other' }, aBlock(), signal)).toBe('not-found')
    expect(await blocks().unblock({ ...link, tenant: 'other' }, unblock, signal)).toBe('not-found')
    expect(await read(link.code)).toEqual(link)
    await links().remove(link, { deletedAt: AT, operationId: randomUUID(), cause: CAUSE }, signal)
    expect(await blocks().block(link, aBlock(), signal)).toBe('not-found')
    expect(await blocks().block({ ...link, code: 'never-given-out' }, aBlock(), signal)).toBe('not-found')
    expect(await readItem(link.code, 'block')).toBeUndefined()
  })

  test('a link that is deleted while it is blocked keeps the record of that, and nothing else', async () => {
    const link = await stored()
    await blocks().block(link, aBlock(), signal)
    await links().remove(link, { deletedAt: AT, operationId: randomUUID(), cause: CAUSE }, signal)
    expect(await read(link.code)).toEqual({ code: link.code, deletedAt: AT })
    expect(await readItem(link.code, 'link')).not.toHaveProperty('blockedAt')
    expect(Object.keys((await readItem(link.code, 'block')) ?? {}).sort()).toEqual(
      ['blockedAt', 'blockedBy', 'code', 'event', 'pk', 'reason', 'sequence', 'sk', 'tenant'].sort(),
    )
  })

  test('a link that was made before there were events is blocked like any other', async () => {
    const { code } = await stored()
    const key = { pk: { S: `L#${code}` }, sk: { S: 'link' } }
    const UpdateExpression = 'REMOVE #sequence, #event'
    const ExpressionAttributeNames = { '#sequence': 'sequence', '#event': 'event' }
    await dynamodb.send(
      new UpdateItemCommand({ TableName: table, Key: key, UpdateExpression, ExpressionAttributeNames }),
    )
    expect(await blocks().block({ tenant: 'acme', code }, aBlock(), signal)).toBe('blocked')
    expect(await eventOf(code, 'block')).toMatchObject({ sequence: 1 })
    expect(await sequenceOf(code)).toBe(1)
  })
})

describe('the block of a target', () => {
  const blockTarget = (client: DynamoDB = dynamodb) => {
    const inbox = createInbox({ ...options(), client, consumer: 'test', now: Date.now, randomBytes })
    const { readDetails } = createLinkReads({ client: dynamodb, tableName: table })
    return createTargetBlock({ ...options(), inbox, readDetails })
  }

  const aTarget = (link: { tenant: string; code: string; url: string }) => ({
    eventId: randomUUID(),
    ...{ tenant: link.tenant, code: link.code, url: link.url },
    fields: ['url'] as TargetField[],
  })

  test('happens once for an event, also when somebody has unblocked the link meanwhile', async () => {
    const link = await stored()
    const target = aTarget(link)
    expect(await blockTarget()(target, aBlock({ blockedBy: null }), signal)).toBe('blocked')
    expect(await readItem(link.code, 'block')).not.toHaveProperty('blockedBy')
    await blocks().unblock(link, { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }, signal)
    expect(await blockTarget()(target, aBlock({ blockedBy: null }), signal)).toBe('left')
    expect(await read(link.code)).toEqual(link)
  })

  test('holds for a link that leads there after its end or by a rule, and for no other place', async () => {
    const withDetails = async () => {
      const link = await stored()
      const key = (sk: string) => ({ pk: { S: `L#${link.code}` }, sk: { S: sk } })
      const rules = JSON.stringify([{ if: { device: 'ios' }, url: 'https://ios.example/' }])
      const Item = { ...key('details'), rules: { S: rules }, expiredUrl: { S: 'https://after.example/' } }
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }))
      const UpdateExpression = 'SET hasRules = :yes, hasExpiredUrl = :yes'
      const ExpressionAttributeValues = { ':yes': { BOOL: true } }
      await dynamodb.send(
        new UpdateItemCommand({ TableName: table, Key: key('link'), UpdateExpression, ExpressionAttributeValues }),
      )
      return aTarget(link)
    }
    for (const url of ['https://ios.example/', 'https://after.example/']) {
      expect(await blockTarget()({ ...(await withDetails()), url }, aBlock(), signal)).toBe('blocked')
    }
    const elsewhere = { ...(await withDetails()), url: 'https://elsewhere.example/' }
    expect(await blockTarget()(elsewhere, aBlock(), signal)).toBe('left')
  })

  test('leaves a link that leads elsewhere by now, is deleted or another tenant’s', async () => {
    const link = await stored()
    const target = aTarget(link)
    expect(await blockTarget()({ ...target, url: 'https://example.org/' }, aBlock(), signal)).toBe('left')
    expect(await blockTarget()({ ...target, tenant: 'other' }, aBlock(), signal)).toBe('left')
    expect(await read(link.code)).toEqual(link)
    await links().remove(link, { deletedAt: AT, operationId: randomUUID(), cause: CAUSE }, signal)
    expect(await blockTarget()(target, aBlock(), signal)).toBe('left')
  })

  describe('of a link that is blocked already', () => {
    const unblocked = async (link: { tenant: string; code: string }) => {
      await blocks().unblock(link, { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }, signal)
      return (await readItem(link.code, 'link'))?.changed?.L?.map(({ S }) => S)
    }

    test('leaves the block and its event as they are; the end of the block says what is to be checked again', async () => {
      const link = await stored()
      const block = aBlock({ reason: 'By hand.' })
      await blocks().block(link, block, signal)
      const fields: TargetField[] = ['url', 'rules']
      expect(await blockTarget()({ ...aTarget(link), fields }, aBlock(), signal)).toBe('noted')
      expect(await readItem(link.code, 'block')).toMatchObject({ reason: { S: 'By hand.' } })
      expect(await eventOf(link.code, 'block')).toMatchObject({
        entry: { operationId: block.operationId },
        sequence: 2,
      })
      expect([await read(link.code), await sequenceOf(link.code)]).toEqual([{ ...link, blockedAt: AT }, 2])
      expect((await unblocked(link))?.sort()).toEqual(['rules', 'status', 'url'])
    })

    test('is noted once for an event: a link that was unblocked after it stays so at the next time', async () => {
      const link = await stored()
      const target = aTarget(link)
      for (const [outcome, changed] of [
        ['noted', ['status', 'url']],
        ['left', ['status']],
      ]) {
        await blocks().block(link, aBlock(), signal)
        expect(await blockTarget()(target, aBlock(), signal)).toBe(outcome)
        expect(await unblocked(link)).toEqual(changed)
      }
    })

    test('outlives another block over the first one', async () => {
      const link = await stored()
      await blocks().block(link, aBlock(), signal)
      await blockTarget()(aTarget(link), aBlock(), signal)
      await blocks().block(link, aBlock({ reason: 'Malware.' }), signal)
      expect(await unblocked(link)).toEqual(['status', 'url'])
    })

    test('is not lost when the link is unblocked at the same moment: it is blocked, or its event asks for another check', async () => {
      for (let round = 0; round < 10; round++) {
        const link = await stored()
        await blocks().block(link, aBlock(), signal)
        const [outcome, changed] = await Promise.all([
          blockTarget()(aTarget(link), aBlock({ reason: 'Denied.' }), signal),
          unblocked(link),
        ])
        if (outcome === 'noted') expect(changed).toEqual(['status', 'url'])
        else expect((await read(link.code)) ?? {}).toMatchObject({ blockedAt: AT })
      }
    })

    test('is noted on no block that was taken away since the link was read: it is blocked anew', async () => {
      const link = await stored()
      await blocks().block(link, aBlock(), signal)
      const call = beforeWriting(async () => expect(await unblocked(link)).toEqual(['status']))
      expect(await blockTarget(call)(aTarget(link), aBlock(), signal)).toBe('blocked')
    })

    test.each<[string, (store: ReturnType<typeof blocks>, link: { tenant: string; code: string }) => Promise<unknown>]>(
      [
        [
          'an unblocking',
          (store, link) => store.unblock(link, { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }, signal),
        ],
        ['another block', (store, link) => store.block(link, aBlock({ reason: 'Malware.' }), signal)],
      ],
    )('is not lost to %s that had read the block before', async (_, write) => {
      const link = await stored()
      await blocks().block(link, aBlock(), signal)
      const call = beforeWriting(async () => expect(await blockTarget()(aTarget(link), aBlock(), signal)).toBe('noted'))
      await write(createBlockStore({ ...options(), client: call }), link)
      expect(await unblocked(link)).toEqual(['status', 'url'])
    })
  })
})

/** The table, where something happens before the first transaction is written. */
function beforeWriting(happen: () => Promise<void>): DynamoDB {
  let isFirst = true
  const call = async (operation: 'TransactWriteItems', input: TransactWriteItemsInput, callOptions?: CallOptions) => {
    if (operation === 'TransactWriteItems' && isFirst) {
      isFirst = false
      await happen()
    }
    return callOf(dynamodb)(operation, input, callOptions)
  }
  return clientOf(call as unknown as DynamoDBCall)
}

describe('reports', () => {
  const aReport = (code: string) => ({
    operationId: randomUUID(),
    code,
    reason: 'Phishing.',
    reportedAt: AT,
    expiresAt: 4_000_000_000,
    cause: CAUSE,
  })

  test('a report is kept for its time, with an event, and leaves the link as it is', async () => {
    const link = await stored()
    const report = aReport(link.code)
    expect(await createReportStore(options())(report, signal)).toBe('stored')
    const sk = `report#${report.operationId}`
    expect(await readItem(link.code, sk)).toMatchObject({
      reason: { S: 'Phishing.' },
      tenant: { S: 'acme' },
      ttl: { N: '4000000000' },
    })
    const entry = { operationId: report.operationId, type: 'url-shortener.link.reported', time: AT }
    expect(await eventOf(link.code, sk)).toMatchObject({ entry, sequence: 2 })
    expect([await read(link.code), await sequenceOf(link.code)]).toEqual([link, 2])
  })

  test('nothing is kept of a report of no link, or of a deleted one', async () => {
    const { code } = await stored()
    await links().remove({ tenant: 'acme', code }, { deletedAt: AT, operationId: randomUUID(), cause: CAUSE }, signal)
    for (const none of [code, `never-${randomUUID()}`]) {
      const report = aReport(none)
      expect(await createReportStore(options())(report, signal)).toBe('unknown')
      expect(await readItem(none, `report#${report.operationId}`)).toBeUndefined()
    }
    expect(await readItem(code, 'link')).toMatchObject({ sequence: { N: '2' } })
  })
})

describe('the list of denied domains', () => {
  const deny = async (reason?: string) => {
    const domain = `bad-${randomUUID()}.example`
    const Item = { pk: { S: `D#${domain}` }, sk: { S: 'domain' }, ...(reason && { reason: { S: reason } }) }
    await dynamodb.send(new PutItemCommand({ TableName: table, Item }))
    return domain
  }

  test('denies a domain and all below it, whatever the case and the path, and nothing beside it', async () => {
    const domain = await deny('Phishing.')
    const find = createDenylist(options())
    for (const host of [domain, `www.${domain}`, `a.b.c.${domain.toUpperCase()}.`]) {
      expect(await find(`https://${host}:8443/a?b`, signal)).toEqual({ reason: 'Phishing.' })
    }
    for (const host of [`x${domain}`, 'example.com', 'example', '[2001:db8::1]', '192.0.2.1']) {
      expect(await find(new URL(`https://${host}/`).href, signal)).toBeUndefined()
    }
  })

  test('without a reason the domain is the reason', async () => {
    const domain = await deny()
    const found = await createDenylist(options())(`https://www.${domain}/`, signal)
    expect(found).toEqual({ reason: `The domain ${domain} is denied.` })
  })

  test('a host of 127 labels is one request too', async () => {
    const host = `${'a.'.repeat(122)}${await deny()}`.slice(-250)
    expect(await createDenylist(options())(`https://${host}/`, signal)).toBeDefined()
  })
})
