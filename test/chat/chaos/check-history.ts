import { isDeepStrictEqual } from 'node:util'
import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import { type FoldedMessage, fold, isInOrder } from '../store/fold.ts'
import type { ClientHistory, CommitAttempt, ConnectionHistory, RoomHistory } from './history.ts'

/** The members of a test's rooms when they are created, all by event 1. */
type Founders = readonly string[]

/**
 * Checks what happened in a room against what the chat guarantees, and returns a sentence for each violation. The room
 * shows its members only what came since they joined (`since-join`).
 *
 * @throws Error when the history is none that could be checked: nothing was committed, or no client took part.
 */
export function checkHistory(history: RoomHistory, founders: Founders): string[] {
  const { log, head, commits, connections, clients } = history
  if (clients.length === 0 || !commits.some(({ outcome }) => outcome.verdict === 'acked')) {
    throw new Error('Nothing was committed: this history proves nothing.')
  }
  if (!isInOrder(log)) return ['The log has a gap, a number twice, or goes back in time.']
  if (head !== log.length) return [`The head is ${head}, and the log ends with ${log.length}.`]
  const folded = foldOrReason(log)
  if (typeof folded === 'string') return [folded]
  const spans = membershipSpans(log, founders)
  return [
    ...duplicates(log),
    ...commits.flatMap((attempt) => commitProblems(attempt, log)),
    ...connections.flatMap((connection) => [
      ...secrecyProblems(connection, spans.get(connection.user) ?? []),
      ...deliveryProblems(connection, spans.get(connection.user) ?? [], log),
    ]),
    ...clients.flatMap((client) => [...orderProblems(client, log), ...viewProblems(client, spans, folded)]),
  ]
}

/** Folds a log; returns the reason if its events contradict each other. */
function foldOrReason(log: readonly RoomEvent[]): FoldedMessage[] | string {
  try {
    return fold(log)
  } catch (error) {
    return String(error)
  }
}

/** A membership, from the event by which it began to that by which it ended. */
interface Span {
  readonly joined: number
  readonly removed: number
}

/** Lists the memberships of each user, in order. */
function membershipSpans(log: readonly RoomEvent[], founders: Founders): ReadonlyMap<string, readonly Span[]> {
  const spans = new Map(founders.map((user) => [user, [{ joined: 1, removed: Number.POSITIVE_INFINITY }]]))
  for (const event of log) {
    if (event.type !== 'member') continue
    const { user, role } = event.member
    const known = spans.get(user) ?? []
    const last = known.at(-1)
    const isMember = last?.removed === Number.POSITIVE_INFINITY
    if (role === null && last && isMember) known.splice(-1, 1, { ...last, removed: event.seq })
    if (role !== null && !isMember) known.push({ joined: event.seq, removed: Number.POSITIVE_INFINITY })
    spans.set(user, known)
  }
  return spans
}

function duplicates(log: readonly RoomEvent[]): string[] {
  const byCommit = Map.groupBy(
    log.filter(({ cid }) => cid !== undefined),
    ({ user, cid }) => `${user} ${cid}`,
  )
  return [...byCommit.values()]
    .filter((events) => events.length > 1)
    .map((events) => `One commit of ${events[0]?.user} is there as ${events.map(({ seq }) => seq).join(' and ')}.`)
}

/** A commit without an answer may be there or not, but not twice: see `duplicates`. */
function commitProblems({ user, cid, outcome }: CommitAttempt, log: readonly RoomEvent[]): string[] {
  const stored = log.find((event) => event.user === user && event.cid === cid)
  const name = `The commit ${cid} of ${user}`
  switch (outcome.verdict) {
    case 'unknown':
      return []
    case 'refused':
      return stored ? [`${name} was refused (${outcome.code}), and is there as ${stored.seq}.`] : []
    case 'acked':
      // A repeated reaction or deletion changes nothing, and is acknowledged with the event that did.
      if (!stored && outcome.dup && log.some(({ seq }) => seq === outcome.seq)) return []
      return stored?.seq === outcome.seq ? [] : [`${name} was acknowledged as ${outcome.seq}, and is ${where(stored)}.`]
  }
}

function where(stored: RoomEvent | undefined): string {
  return stored ? `there as ${stored.seq}` : 'lost'
}

/** Nobody gets an event from outside of a membership. The event that removes a user is told by a frame of its own. */
function secrecyProblems({ connectionId, user, ...connection }: ConnectionHistory, spans: readonly Span[]): string[] {
  const isVisible = (seq: number) => spans.some(({ joined, removed }) => seq >= joined && seq < removed)
  const leaked = [...connection.delivered, ...connection.resumed].filter((seq) => !isVisible(seq))
  return leaked.length === 0 ? [] : [`${user} got ${[...new Set(leaked)]} over ${connectionId} without being a member.`]
}

/**
 * A connection that nothing happened to gets every event from the workers alone: a client that has to find a gap itself
 * may find it minutes later. One who left meanwhile may have to, because a worker that sees both sends only what came
 * since the join.
 */
function deliveryProblems(connection: ConnectionHistory, spans: readonly Span[], log: readonly RoomEvent[]): string[] {
  const { connectionId, user, headAtOpen, isIntact, delivered } = connection
  const [span] = spans
  if (!isIntact || !span || spans.length > 1 || span.removed !== Number.POSITIVE_INFINITY) return []
  const got = new Set(delivered)
  const due = log.filter(({ seq }) => seq > headAtOpen && seq >= span.joined)
  const missed = due.filter(({ seq }) => !got.has(seq)).map(({ seq }) => seq)
  return missed.length === 0 ? [] : [`${user} was never sent ${missed} over ${connectionId}, which was open all along.`]
}

/** An application is told each event once, in order, as it is in the log. */
function orderProblems({ user, told }: ClientHistory, log: readonly RoomEvent[]): string[] {
  const problems: string[] = []
  let last: number | undefined
  for (const each of told) {
    if ('start' in each) {
      last = each.start
      continue
    }
    const { seq, type, by, cid } = each
    if (last !== undefined && seq !== last + 1) problems.push(`${user} was told ${seq} after ${last}.`)
    last = seq
    const stored = log[seq - 1]
    const isSame = stored?.type === type && stored.user === by && (by !== user || stored.cid === cid)
    if (!isSame) problems.push(`${user} was told another event ${seq} than the log has.`)
  }
  return problems
}

/** The log, the service's list and the client's view are three ways to the same messages. */
function viewProblems(
  { user, shown, listed, hasLeft }: ClientHistory,
  spans: ReadonlyMap<string, readonly Span[]>,
  folded: readonly FoldedMessage[],
): string[] {
  const span = spans.get(user)?.at(-1)
  if (span?.removed !== Number.POSITIVE_INFINITY) {
    return hasLeft ? [] : [`The client of ${user} doesn't know that ${user} was removed.`]
  }
  const expected = folded.filter(({ seq }) => seq >= span.joined).map(withoutPast)
  return [
    ...difference(`The list of ${user}`, listed.map(withoutPast), expected),
    ...difference(`What ${user} is shown`, shown.map(withoutPast), expected),
  ]
}

/** The edits of a deleted message are erased, so that only those who saw them know of any. */
function withoutPast(message: FoldedMessage): FoldedMessage {
  return message.deleted ? { ...message, edited: false } : message
}

function difference(what: string, found: readonly FoldedMessage[], expected: readonly FoldedMessage[]): string[] {
  const seqs = new Set([...found, ...expected].map(({ seq }) => seq))
  const at = (messages: readonly FoldedMessage[], wanted: number) => messages.find(({ seq }) => seq === wanted)
  const wrong = [...seqs].filter((seq) => !isDeepStrictEqual(at(found, seq), at(expected, seq)))
  const show = (seq: number) => `${JSON.stringify(at(found, seq))} for ${JSON.stringify(at(expected, seq))}`
  const isInOrder = found.every(({ seq }, index) => seq > (found[index - 1]?.seq ?? 0))
  return [
    ...wrong.map((seq) => `${what} isn't what the log makes at ${seq}: ${show(seq)}.`),
    ...(isInOrder ? [] : [`${what} is out of order.`]),
  ]
}
