import { randomUUID } from 'node:crypto'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { beforeFirst, newState } from '../store/link-table.ts'
import { aClick, CLICKED_AT } from './a-click.ts'
import { clicksTable } from './clicks-table.ts'

const { dynamodb, counter, totalOf, insert, itemOf, sequenceOf, entryOf } = await clicksTable()

const newNames = () => ({ code: `link-${randomUUID()}`, tenant: `tenant-${randomUUID()}` })
const MINUTE = 60_000
const at = (ms: number) => counter(dynamodb, () => CLICKED_AT + ms)

/** @proves url-shortener/clicked-events-once */
test('an event has the clicks since the last one, once a minute, and the next number of its link', async () => {
  const names = newNames()
  await insert(newState(names))
  const click = (id: number) => aClick(`${names.code}-${id}`, names)
  await at(0).count([click(1), click(2)])
  expect(await entryOf(names.code, 'clicks')).toMatchObject({
    entry: { type: 'url-shortener.link.clicked' },
    sequence: 2,
  })
  expect(await sequenceOf(names.code)).toBe(2)

  const { count, later } = at(MINUTE - 1)
  await count([click(3)])
  expect(later).toEqual([{ due: names }])
  expect(await sequenceOf(names.code)).toBe(2)
  await at(MINUTE).count(later)
  expect(await itemOf(names.code, 'clicks')).toMatchObject({ publishedBefore: { N: '2' }, published: { N: '3' } })
  expect(await sequenceOf(names.code)).toBe(3)
  await at(3 * MINUTE).count(later)
  expect(await sequenceOf(names.code)).toBe(3)
})

/** @proves url-shortener/clicked-events-once */
test('an event is requested anew for a click that is written after the event which was to contain it', async () => {
  const names = newNames()
  await insert(newState(names))
  const click = (id: number) => aClick(`${names.code}-${id}`, names)
  await at(0).count([click(1)])
  const requester = at(1)
  await requester.count([click(2)])
  const overtaken = beforeFirst('TransactWriteItems', dynamodb, async () => {
    await at(MINUTE).count(requester.later)
  })
  const { count, later } = counter(overtaken, () => CLICKED_AT + MINUTE - 1)
  expect(await count([click(3)])).toEqual({ counted: 1, failed: [] })
  expect(await itemOf(names.code, 'clicks')).toMatchObject({ clicks: { N: '3' }, published: { N: '2' } })
  await at(2 * MINUTE).count(later)
  expect(await itemOf(names.code, 'clicks')).toMatchObject({ clicks: { N: '3' }, published: { N: '3' } })
})

/** @proves url-shortener/clicked-events-once */
test('an event has a click that is written slowly, although its request arrives at once', async () => {
  const names = newNames()
  await insert(newState(names))
  const click = (id: number) => aClick(`${names.code}-${id}`, names)
  await at(0).count([click(1)])
  const slow = beforeFirst('TransactWriteItems', dynamodb, async () => {
    await at(MINUTE).count(later.splice(0))
  })
  const { count, later } = counter(slow, () => CLICKED_AT + MINUTE - 1)
  await count([click(2)])
  await at(MINUTE).count(later)
  expect(await itemOf(names.code, 'clicks')).toMatchObject({ clicks: { N: '2' }, published: { N: '2' } })
})

/** @proves url-shortener/clicked-events-once */
test('an event is requested when a click is delivered again, because its function was killed after it was written', async () => {
  const names = newNames()
  await insert(newState(names))
  const click = (id: number) => aClick(`${names.code}-${id}`, names)
  await at(0).count([click(1)])
  const killed: DynamoDB = {
    async send(command, options) {
      const answer = await dynamodb.send(command, options)
      if (command.constructor.name === 'TransactWriteItemsCommand') throw new Error('killed')
      return answer
    },
  }
  const { count, later: unsent } = counter(killed, () => CLICKED_AT + 1)
  expect((await count([click(2)])).failed).toHaveLength(1)
  expect(await totalOf(names.code)).toBe(2)
  expect(unsent).toEqual([])
  const { count: recount, later } = at(MINUTE - 1)
  expect(await recount([click(2)])).toEqual({ counted: 0, failed: [] })
  await at(MINUTE).count(later)
  expect(await itemOf(names.code, 'clicks')).toMatchObject({ clicks: { N: '2' }, published: { N: '2' } })
})

test('an event is not published of a link that does not exist any more, whose late clicks count', async () => {
  const names = newNames()
  await at(0).count([aClick(names.code, names)])
  expect([await totalOf(names.code), await entryOf(names.code, 'clicks')]).toEqual([1, undefined])
})
