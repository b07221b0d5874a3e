import { rewriteRecord } from '../../../functions/chat/store/rewrite-record.ts'

const BOB = { user: 'bob', pseudonym: 'deleted-1' }
const rewritten = (sk: string, value: object) => rewriteRecord(sk, value as Record<string, unknown>, BOB)

test.each<[string, string, object, object]>([
  ['an author', 'message#1', { user: 'bob', body: 'bob' }, { user: 'deleted-1' }],
  ['mentions', 'message#1', { user: 'ann', mentions: ['ann', 'bob'] }, { mentions: ['ann', 'deleted-1'] }],
  ['who joined', 'event#1', { user: 'ann', joined: ['bob'] }, { joined: ['deleted-1'] }],
  ['a member', 'event#1', { member: { user: 'bob', role: null } }, { member: { user: 'deleted-1', role: null } }],
  ['a pair', 'room', { pair: ['ann', 'bob'] }, { pair: ['ann', 'deleted-1'] }],
  ['a last message', 'room', { lastMessage: { user: 'bob', seq: 1 } }, { lastMessage: { user: 'deleted-1', seq: 1 } }],
  ['who banned', 'ban#cleo', { by: 'bob' }, { by: 'deleted-1' }],
  ['who mentioned', 'mention#cleo#1', { by: 'bob' }, { by: 'deleted-1' }],
])('%s is replaced', (...row) => {
  const [, sk, value, set] = row
  expect(rewritten(sk, value)).toEqual({ set })
})

test.each([
  ['ban#bob', {}],
  ['block#bob', {}],
  ['commit#bob#c1', { seq: 1 }],
  ['departure#bob', { seq: 1 }],
  ['mention#bob#1', { by: 'ann' }],
  ['reaction#bob#1#x', { seq: 1 }],
  ['notified#bob', { seq: 1 }],
  ['missed#1#0', { about: { author: 'ann', recipients: ['bob'] } }],
  ['missed#1#0', { about: { author: 'bob', recipients: ['ann'] } }],
])('%s has no meaning without the user', (sk, value) => {
  expect(rewritten(sk, value)).toBe('remove')
})

test.each([
  ['event#1', { user: 'ann', type: 'bob', body: 'bob', name: 'bob', cid: 'bob' }],
  ['member#bob', { user: 'bob' }],
  ['listener#bob', {}],
  ['commit#bobby#c1', { seq: 1 }],
  ['missed#1#0', { about: { author: 'ann', recipients: ['cleo'] } }],
  ['message#1', { user: 'bobby', mentions: ['bobby'], joined: 1, lastMessage: null, pair: null }],
])('%s stays as it is where it names somebody else, or says what somebody wrote', (sk, value) => {
  expect(rewritten(sk, value)).toBe('keep')
})

test('a user whose name is the one for everybody leaves mentions of everybody alone', () => {
  const all = { user: 'all', pseudonym: 'deleted-1' }
  expect(rewriteRecord('message#1', { user: 'all', mentions: ['all'] }, all)).toEqual({ set: { user: 'deleted-1' } })
  expect(rewriteRecord('mention#all#1', { by: 'ann' }, all)).toBe('keep')
})
