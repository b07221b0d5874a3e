import { randomUUID } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { slotOf } from '../../../functions/url-shortener/clicks/chunks.ts'
import type { ClickMessage } from '../../../functions/url-shortener/clicks/message.ts'
import type { Click } from '../../../functions/url-shortener/domain/click.ts'
import { newState } from '../store/link-table.ts'
import { aClick, CLICKED_AT, visitor } from './a-click.ts'
import { clicksTable } from './clicks-table.ts'

const { dynamodb, table, counter, statsOf, statsOfTenant, totalOf, insert, itemOf } = await clicksTable()

const newNames = () => ({ code: `link-${randomUUID()}`, tenant: `tenant-${randomUUID()}` })

function shuffled<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value)
}

function batchesOf<Value>(values: readonly Value[], size: number): Value[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  )
}

/** @proves url-shortener/clicks-once */
test('10,000 clicks that come twice, in any order, to four functions at once, count 10,000', async () => {
  const { tenant } = newNames()
  const codes = Array.from({ length: 10 }, () => newNames().code)
  const clicks = Array.from({ length: 10_000 }, (_, index): Click => {
    // Half of the clicks are of one link.
    const code = codes[index % 2 === 0 ? 0 : index % 10] ?? ''
    const at = CLICKED_AT + (index % 10_000)
    return aClick(`${tenant}-${index}`, { code, tenant, at, visitor: visitor(index % 1000) })
  })
  const deliveries = batchesOf(shuffled([...clicks, ...clicks]), 500)
  const functions = Array.from({ length: 4 }, () => counter())
  const counts = await Promise.all(
    functions.map(async ({ count }) => {
      let counted = 0
      for (let batch = deliveries.pop(); batch; batch = deliveries.pop()) {
        const result = await count(batch)
        counted += result.counted
        // The queue delivers failed messages again.
        if (result.failed.length > 0) deliveries.unshift([...result.failed] as Click[])
      }
      return counted
    }),
  )
  expect(counts.reduce((sum, counted) => sum + counted, 0)).toBe(10_000)
  const perLink = (code: string) => clicks.filter((click) => click.code === code).length
  for (const code of codes) {
    const { clicks: counted, groups } = await statsOf(code)
    expect([counted, await totalOf(code), groups]).toEqual([
      perLink(code),
      perLink(code),
      perLink(code) > 0 ? [{ value: 'Firefox', clicks: perLink(code) }] : [],
    ])
  }
  const { clicks: all, uniques, top } = await statsOfTenant(tenant)
  expect(all).toBe(10_000)
  expect(Math.abs(uniques / 1000 - 1)).toBeLessThan(4 * 0.01625)
  expect(top[0]).toEqual({ code: codes[0], clicks: perLink(codes[0] ?? '') })
})

/** A client of a function that is killed at a call: before it is sent, or when its response is lost. */
function mortal(dyingAt: number, moment: 'before' | 'after'): { client: DynamoDB; died: () => boolean } {
  let calls = 0
  const client: DynamoDB = {
    async send(command, options) {
      calls += 1
      if (calls > dyingAt || (calls === dyingAt && moment === 'before')) throw new Error('killed')
      const answer = await dynamodb.send(command, options)
      if (calls === dyingAt) throw new Error('killed')
      return answer
    },
  }
  return { client, died: () => calls >= dyingAt }
}

/** @proves url-shortener/clicks-once */
describe.each(['before', 'after'] as const)('a function that is killed %s any of its calls', (moment) => {
  test('loses and doubles nothing once its messages are delivered again', async () => {
    let isKilled = true
    for (let call = 1; isKilled; call++) {
      const { tenant } = newNames()
      // Many links, so that the batch takes several transactions.
      const links = await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const { code } = newNames()
          if (index < 2) await insert(newState({ code, tenant }))
          return code
        }),
      )
      const messages = links.map((code, index) =>
        aClick(`${tenant}-${index}`, { code, tenant, at: CLICKED_AT + index }),
      )
      const { client, died } = mortal(call, moment)
      await counter(client).count(messages)
      isKilled = died()
      const { failed } = await counter().count(shuffled(messages))
      expect(failed).toEqual([])
      expect(await statsOfTenant(tenant)).toMatchObject({ clicks: 60, uniques: 1, bots: 0 })
      expect(await Promise.all(links.map(totalOf))).toEqual(links.map(() => 1))
      expect(call).toBeLessThan(50)
    }
  })
})

test('a repeat counts once, also weeks later and between others', async () => {
  const names = newNames()
  const { count } = counter()
  const click = (id: number, more: Partial<Click> = {}) => aClick(`${names.code}-${id}`, { ...names, ...more })
  expect(await count([click(1), click(2)])).toEqual({ counted: 2, failed: [] })
  expect(await count([click(3), click(1)])).toEqual({ counted: 1, failed: [] })
  expect(await counter(dynamodb, () => CLICKED_AT + 20 * 86_400_000).count([click(2), click(1)])).toMatchObject({
    counted: 0,
  })
  expect((await statsOf(names.code)).clicks).toBe(3)
})

test('ids are stored for 30 days, and counts for 25 months', async () => {
  const names = newNames()
  await counter().count([aClick(names.code, names)])
  const expiryOf = async (pk: string, sk: string) => {
    const Key = { pk: { S: pk }, sk: { S: sk } }
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
    return Item && Number(Item.ttl?.N) * 1000
  }
  const kept = Date.parse('2026-05-06') + 775 * 86_400_000
  expect(await expiryOf(`A#${names.code}`, '2026-05-06#0')).toBe(kept)
  expect(await expiryOf(`B#${names.tenant}`, '2026-05-06#0')).toBe(kept)
  expect(await expiryOf(`K#${slotOf({ ...names, at: CLICKED_AT })}`, 'counted')).toBe(CLICKED_AT + 30 * 86_400_000)
  expect(await itemOf(names.code, 'clicks')).not.toHaveProperty('ttl')
})

test('days, hours and bots are told apart', async () => {
  const names = newNames()
  const click = (id: number, at: string, isPrefetch = false) =>
    aClick(`${names.code}-${id}`, { ...names, at: Date.parse(at), isPrefetch })
  await counter().count([
    click(1, '2026-05-05T23:59:59.999Z'),
    click(2, '2026-05-06T00:00:00.000Z'),
    click(3, '2026-05-06T23:59:59.999Z'),
    click(4, '2026-05-06T12:00:00.000Z', true),
    click(5, '2026-05-07T00:00:00.000Z'),
  ])
  expect(await statsOf(names.code)).toMatchObject({ clicks: 2, bots: 1, uniques: 1 })
  expect(await totalOf(names.code)).toBe(4)
})

test('messages of a chunk that can’t be written are returned, and those of others are not', async () => {
  const [good, bad] = [newNames(), newNames()]
  const failing: DynamoDB = {
    async send(command, options) {
      const text = JSON.stringify(command.input)
      if (command.constructor.name === 'TransactWriteItemsCommand' && text.includes(bad.code))
        throw new Error('throttled')
      return dynamodb.send(command, options)
    },
  }
  // Enough links between both that they are in different chunks.
  const others = Array.from({ length: 120 }, () => newNames())
  const messages: ClickMessage[] = [good, ...others, bad].map((names) => aClick(names.code, names))
  const { count, errors } = counter(failing)
  const { failed } = await count(messages)
  expect(errors).toHaveLength(1)
  expect(failed.length).toBeLessThan(messages.length)
  expect(failed).toContainEqual(aClick(bad.code, bad))
  const { failed: later } = await counter().count(failed)
  expect(later).toEqual([])
  expect([await totalOf(good.code), await totalOf(bad.code)]).toEqual([1, 1])
})
