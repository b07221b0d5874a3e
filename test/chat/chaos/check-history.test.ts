import type { EventContent, RoomEvent } from '../../../functions/chat/domain/event.ts'
import { checkHistory } from './check-history.ts'
import type { ClientHistory, CommitAttempt, ConnectionHistory, RoomHistory } from './history.ts'

const FOUNDERS = ['ann', 'dan']

const hello = { type: 'message', body: 'Hello', threadRoot: null, attachments: [], mentions: [] } as const
const member = (role: 'member' | null): EventContent => ({
  type: 'member',
  member: { user: 'dan', role, muted: false },
})

/** Builds a log after the creation of the room: what users did, with the ids of their commits. */
function logOf(...contents: (EventContent & { user?: string; cid?: string })[]): RoomEvent[] {
  const created = { type: 'room', kind: 'group', name: 'Tea', deleted: false } as const
  return [created, ...contents].map((content, index) => ({ user: 'ann', ...content, seq: index + 1, at: 0, shards: 1 }))
}

const shownOf = (seq: number, body = 'Hello') => ({
  seq,
  user: 'ann',
  body,
  mentions: [],
  reactions: {},
  threadRoot: undefined,
  edited: false,
  deleted: false,
})

const acked = (cid: string, seq: number, dup = false): CommitAttempt => ({
  user: 'ann',
  cid,
  outcome: { verdict: 'acked', seq, dup },
})

function clientOf(user: string, log: readonly RoomEvent[], shown = [shownOf(2), shownOf(3)]): ClientHistory {
  const told = log.map(({ seq, type, user: by, cid }) => ({ seq, type, by, cid: by === user ? cid : undefined }))
  return { user, told: [{ start: 0 }, ...told], hasLeft: false, shown, listed: shown }
}

const connectionOf = (user: string, fields: Partial<ConnectionHistory> = {}): ConnectionHistory => ({
  connectionId: `of-${user}`,
  user,
  headAtOpen: 1,
  isIntact: true,
  delivered: [2, 3],
  resumed: [],
  ...fields,
})

const LOG = logOf({ ...hello, cid: 'a' }, { ...hello, cid: 'b' })

const SOUND: RoomHistory = {
  log: LOG,
  head: 3,
  commits: [acked('a', 2), acked('b', 3)],
  connections: [connectionOf('ann'), connectionOf('dan')],
  clients: [clientOf('ann', LOG), clientOf('dan', LOG)],
}

const check = (changes: Partial<RoomHistory>) => checkHistory({ ...SOUND, ...changes }, FOUNDERS)

/** A room that `dan` left by event 3 and joined again by event 5. */
const LEFT = logOf({ ...hello, cid: 'a' }, member(null), hello, member('member'), hello)

function leftRoom(changes: Partial<RoomHistory> = {}): string[] {
  const clients = [
    clientOf(
      'ann',
      LEFT,
      [2, 4, 6].map((seq) => shownOf(seq)),
    ),
    { ...clientOf('dan', LEFT.slice(4), [shownOf(6)]), told: [{ start: 5 }] },
  ]
  return check({ log: LEFT, head: 6, commits: [acked('a', 2)], connections: [], clients, ...changes })
}

test('a history in which all is well has no problems', () => {
  expect(check({})).toEqual([])
  expect(leftRoom()).toEqual([])
})

test('a history in which nothing was committed proves nothing', () => {
  expect(() => check({ commits: [] })).toThrow('proves nothing')
  expect(() => check({ clients: [] })).toThrow('proves nothing')
})

test('a log has every number once, up to the head', () => {
  expect(check({ log: LOG.filter(({ seq }) => seq !== 2) })).toEqual([expect.stringContaining('has a gap')])
  expect(check({ head: 4 })).toEqual([expect.stringContaining('The head is 4')])
})

test('one commit makes one event, whether it was acknowledged or not', () => {
  const log = logOf({ ...hello, cid: 'a' }, { ...hello, cid: 'a' })
  const commits: CommitAttempt[] = [acked('a', 2), { user: 'ann', cid: 'c', outcome: { verdict: 'unknown' } }]
  const clients = [clientOf('ann', log)]
  expect(check({ log, commits, clients })).toEqual(['One commit of ann is there as 2 and 3.'])
})

test('an acknowledged commit is in the log, at the number that was acknowledged', () => {
  expect(check({ commits: [acked('c', 3)] })).toEqual([expect.stringContaining('acknowledged as 3, and is lost')])
  expect(check({ commits: [acked('a', 3)] })).toEqual([expect.stringContaining('as 3, and is there as 2')])
  expect(check({ commits: [acked('a', 2, true)] })).toEqual([])
})

test('a commit that changed nothing is acknowledged with an event that there is', () => {
  expect(check({ commits: [acked('c', 3, true)] })).toEqual([])
  expect(check({ commits: [acked('c', 9, true)] })).toEqual([expect.stringContaining('lost')])
})

test('a refused commit is not in the log, and one without an answer may be', () => {
  const refused: CommitAttempt = { user: 'ann', cid: 'b', outcome: { verdict: 'refused', code: 'MUTED' } }
  expect(check({ commits: [acked('a', 2), refused] })).toEqual([expect.stringContaining('was refused (MUTED)')])
  expect(check({ commits: [acked('a', 2), { ...refused, outcome: { verdict: 'unknown' } }] })).toEqual([])
})

test('a connection that stayed open is sent every event since it was opened', () => {
  const missed = connectionOf('ann', { delivered: [3], resumed: [2] })
  expect(check({ connections: [missed] })).toEqual([expect.stringContaining('ann was never sent 2')])
  expect(check({ connections: [{ ...missed, headAtOpen: 2 }] })).toEqual([])
  expect(check({ connections: [{ ...missed, isIntact: false }] })).toEqual([])
})

test('nobody gets an event from a time without membership, in whichever way', () => {
  const inside = connectionOf('dan', { delivered: [2, 5, 6], isIntact: false })
  expect(leftRoom({ connections: [inside] })).toEqual([])
  const leaks = [
    { ...inside, delivered: [2, 4] },
    { ...inside, resumed: [3] },
  ]
  for (const leak of leaks) {
    expect(leftRoom({ connections: [leak] })).toEqual([expect.stringContaining('without being a member')])
  }
})

test('an application is told all events in order, each once, as they are in the log', () => {
  const { told, ...client } = clientOf('ann', LOG)
  const [start, first, ...rest] = told
  if (!start || !first) throw new Error('The log is empty')
  const problemsOf = (...order: ClientHistory['told']) => check({ clients: [{ ...client, told: order }] })
  expect(problemsOf(start, ...rest)).toEqual(['ann was told 2 after 0.'])
  expect(problemsOf(start, first, first, ...rest)).toEqual(['ann was told 1 after 1.'])
  expect(problemsOf({ start: 1 }, ...rest)).toEqual([])
  const other = { seq: 3, type: 'message', by: 'bob', cid: undefined }
  expect(problemsOf({ start: 2 }, other)).toEqual(['ann was told another event 3 than the log has.'])
})

test('the list of the service and what a client shows are what the log makes', () => {
  const client = clientOf('ann', LOG)
  const wrong = [shownOf(2), shownOf(3, 'Bye')]
  expect(check({ clients: [{ ...client, shown: wrong }] })).toEqual([expect.stringContaining('What ann is shown')])
  expect(check({ clients: [{ ...client, listed: wrong }] })).toEqual([expect.stringContaining('The list of ann')])
  const backwards = [shownOf(3), shownOf(2)]
  expect(check({ clients: [{ ...client, shown: backwards }] })).toEqual(['What ann is shown is out of order.'])
})

test('a client whose user was removed knows it', () => {
  const log = logOf({ ...hello, cid: 'a' }, member(null))
  const dan = { ...clientOf('dan', log.slice(0, 2), []), hasLeft: true }
  const gone = { log, commits: [acked('a', 2)], connections: [] }
  expect(check({ ...gone, clients: [dan] })).toEqual([])
  expect(check({ ...gone, clients: [{ ...dan, hasLeft: false }] })).toEqual([expect.stringContaining("doesn't know")])
})

test('a log whose events contradict each other is a problem, too', () => {
  const log = logOf({ ...hello, cid: 'a' }, { type: 'delete', target: 9 })
  expect(check({ log, commits: [acked('a', 2)], clients: [clientOf('ann', log)] })).toEqual([
    expect.stringContaining('changes what is not there'),
  ])
})
