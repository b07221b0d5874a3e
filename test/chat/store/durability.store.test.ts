import { randomUUID } from 'node:crypto'
import { COMMIT_RECORD_MS } from '../../../functions/chat/domain/commit.ts'
import { callOf, clientOf } from '../../support/fake-dynamodb.ts'
import { roomsTable } from './rooms-table.ts'
import { seqOf, talk } from './talk.ts'

/** The fate of the next transactions: the function dies before one, or its response gets lost. */
let faults: ('lost-request' | 'lost-response')[] = []

const { group, log, ...steady } = await roomsTable()
const real = callOf(steady.table.client)
const client = clientOf(async (operation, input, options) => {
  if (operation !== 'TransactWriteItems') return real(operation, input, options)
  const fault = faults.shift()
  if (fault === 'lost-request') throw new Error('The function died')
  const output = await real(operation, input, options)
  if (fault === 'lost-response') throw new Error('The response got lost')
  return output
})

const tomorrow = await roomsTable({ ...steady.table, now: () => Date.now() + COMMIT_RECORD_MS })
const flaky = await roomsTable({ client, tableName: steady.table.tableName })
const { edit, remove, react } = talk(flaky.commit)

type Id = Awaited<ReturnType<typeof group>>

/** @proves chat/acked-is-kept */
test.each<[string, (id: Id, cid: string) => Promise<{ outcome: string; seq?: number }>]>([
  ['message', (id, cid) => flaky.send(id, 'ann', { cid })],
  ['edit', (id, cid) => edit(id, 'ann', { target: 2, cid })],
  ['deletion', (id, cid) => remove(id, 'ann', { target: 2, cid })],
  ['reaction', (id, cid) => react(id, 'ann', { target: 2, cid })],
])('a %s whose response got lost is found by its cid, and one that never arrived is made', async (_, act) => {
  const id = await group(['ann', 'bob'])
  await steady.send(id, 'ann')
  const cid = randomUUID()
  faults = ['lost-request', 'lost-response']
  await expect(act(id, cid)).rejects.toThrow('died')
  expect(await log(id)).toHaveLength(2)
  await expect(act(id, cid)).rejects.toThrow('lost')
  expect(seqOf(await steady.send(id, 'bob'))).toBe(4)
  expect(await act(id, cid)).toMatchObject({ outcome: 'committed', seq: 3, dup: true })
  expect(await log(id)).toHaveLength(4)
})

test('a cid is another commit’s after 24 hours, also while its record is still there', async () => {
  const id = await group(['ann'])
  expect(seqOf(await steady.send(id, 'ann', { cid: 'one' }))).toBe(2)
  expect(await tomorrow.send(id, 'ann', { cid: 'one', body: 'Another' })).toMatchObject({ seq: 3, dup: false })
  expect(await tomorrow.send(id, 'ann', { cid: 'one', body: 'Another' })).toMatchObject({ seq: 3, dup: true })
})
