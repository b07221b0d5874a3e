import { BatchGetItemCommand, type BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { roomsTable } from './rooms-table.ts'
import { seqOf, talk } from './talk.ts'

const { group, send, log } = await roomsTable()

/** @proves chat/one-order, chat/acked-is-kept */
test('senders who race get one gap-free sequence, and every message that was acknowledged is in it once', async () => {
  const users = ['ann', 'bob', 'cleo', 'dan']
  const id = await group(users)
  const results = await Promise.all(
    users.flatMap((user) => Array.from({ length: 5 }, (_, index) => send(id, user, { body: `${user} ${index}` }))),
  )
  const acked = results.flatMap((result) => (result.outcome === 'committed' ? [result.seq] : []))
  const events = await log(id)
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: acked.length + 1 }, (_, index) => index + 1))
  expect(acked.sort((a, b) => a - b)).toEqual(events.slice(1).map(({ seq }) => seq))
  expect(results.filter(({ outcome }) => outcome !== 'committed' && outcome !== 'contended')).toEqual([])
})

/** @proves chat/stored-once */
test('the same cid sent at the same moment is one message', async () => {
  const id = await group(['ann'])
  const results = await Promise.all(Array.from({ length: 8 }, () => send(id, 'ann', { cid: 'one' })))
  const committed = results.filter(({ outcome }) => outcome === 'committed')
  expect(committed.filter((result) => 'dup' in result && !result.dup)).toHaveLength(1)
  expect(new Set(committed.map((result) => 'seq' in result && result.seq))).toEqual(new Set([2]))
  expect(await log(id)).toHaveLength(2)
})

/** A client whose next batch of items was read without the records of commits: a moment before all others. */
function readingCommitsTooEarly() {
  const real = patientDynamoDB()
  let isNext = false
  const client: DynamoDB = {
    async send(command, options) {
      const output = await real.send(command, options)
      if (!isNext || !(command instanceof BatchGetItemCommand)) return output
      isNext = false
      const { Responses = {}, ...rest } = output as BatchGetItemCommandOutput
      const without = Object.entries(Responses).map(([name, items]) => [
        name,
        items.filter(({ sk }) => !sk?.S?.startsWith('commit#')),
      ])
      return { ...rest, Responses: Object.fromEntries(without) } as typeof output
    },
  }
  return {
    client,
    next() {
      isNext = true
    },
  }
}

test('a repeat that was read before its commit, and the rest after it, is not refused for what came later', async () => {
  setFunctionEnvironment()
  const early = readingCommitsTooEarly()
  const rooms = await roomsTable({ client: early.client })
  const { edit, remove } = talk(rooms.commit)
  const id = await rooms.group(['ann'])
  const target = seqOf(await rooms.send(id, 'ann'))
  const seq = seqOf(await edit(id, 'ann', { target, cid: 'one' }))
  await remove(id, 'ann', { target })
  early.next()
  expect(await edit(id, 'ann', { target, cid: 'one' })).toMatchObject({ outcome: 'committed', seq, dup: true })
  expect(await edit(id, 'ann', { target, cid: 'two' })).toMatchObject({ outcome: 'refused', code: 'conflict' })
})
