import type { Allowed, CommitRequest } from '../../../functions/chat/domain/commit.ts'
import { newMember } from '../../../functions/chat/domain/member.ts'
import type { RecordKey, Write } from '../../../functions/chat/domain/records.ts'
import { commitTransaction } from '../../../functions/chat/store/commit-transaction.ts'
import { keyName, recordKey } from '../../../functions/chat/store/keys.ts'
import { CAUSE } from '../cause.ts'
import { aSituation } from '../situation.ts'

const REQUEST: CommitRequest = {
  tenant: 'acme',
  room: 'tea',
  user: 'olga',
  once: { cid: 'c1', fingerprint: 'f' },
  decide: () => ({ outcome: 'unchanged', seq: 1, at: 1 }),
  cause: CAUSE,
}

/** Builds the transaction of an edit that read these records, all with the revision 3, and makes these writes. */
function transactionOf(reads: RecordKey[], writes: Write[]) {
  const all: RecordKey[] = [{ record: 'room' }, { record: 'member', user: 'olga' }, ...reads]
  const known = new Map(all.map((key) => [keyName(recordKey(REQUEST, key)), 3]))
  const situation = aSituation({ actor: newMember('olga', { joined: 1 }) })
  const change = { outcome: 'change', content: { type: 'edit', target: 4, body: 'Hi' }, writes } as const
  const allowed: Allowed = { ...situation, outcome: 'allowed', change, tokensFullAt: 5 }
  const revision = (key: RecordKey) => known.get(keyName(recordKey(REQUEST, key)))
  const records = { ...situation.view, keys: all, revision }
  const input = { request: REQUEST, allowed, records, tableName: 'chat', operationId: 'o1' }
  return commitTransaction(input).items.map(({ Put, Update, Delete, ConditionCheck }) => {
    const write = Put ?? Update ?? Delete ?? ConditionCheck
    const key = Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key
    const seen = write?.ExpressionAttributeValues?.[':seen']?.N
    return { sk: key?.sk?.S, condition: write?.ConditionExpression, seen, Update }
  })
}

const MESSAGE = { record: 'message', seq: 4 } as const
const sk = (key: RecordKey) => recordKey(REQUEST, key).sk

test('a record that is read and written is one item, under the condition of the read, however its key is written', () => {
  const key = { seq: 4, record: 'message' } as const
  const items = transactionOf(
    [MESSAGE],
    [
      { key, set: { body: 'Hi' } },
      { key: MESSAGE, set: { editedAt: 9 } },
    ],
  )
  const ofMessage = items.filter((item) => item.sk === sk(MESSAGE))
  expect(ofMessage).toMatchObject([{ condition: 'revision = :seen', seen: '3' }])
  expect(ofMessage[0]?.Update?.ExpressionAttributeValues).toMatchObject({
    ':body': { S: 'Hi' },
    ':editedAt': { N: '9' },
  })
  expect(new Set(items.map((item) => item.sk)).size).toBe(items.length)
})

/** @proves chat/checked-in-the-commit */
test('what is only read is a condition, and so are the room and the member', () => {
  const items = transactionOf([MESSAGE, { record: 'block', user: 'olga' }], [])
  const conditions = Object.fromEntries(items.map(({ sk: name, condition }) => [name, condition]))
  expect(conditions).toMatchObject({
    room: 'revision = :seen',
    'member#olga': 'revision = :seen',
    'block#olga': 'revision = :seen',
    [sk(MESSAGE)]: 'revision = :seen',
  })
})

test('a field that is not given stays as it is', () => {
  const items = transactionOf([MESSAGE], [{ key: MESSAGE, set: { body: undefined, editedAt: 9 } as object }])
  const update = items.find((item) => item.sk === sk(MESSAGE))?.Update
  expect(update?.UpdateExpression).toBe('SET #editedAt = :editedAt, #revision = :revision')
})
