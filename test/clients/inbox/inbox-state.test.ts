import fc from 'fast-check'
import { shown } from '../../../clients/inbox/src/inbox-state.ts'
import type { InboxItem, InboxPage } from '../../../clients/inbox/src/resources.ts'
import { anItem, InboxWorld, markOf } from './inbox-world.ts'

const KINDS = ['deliver', 'elsewhere', 'mark', 'counts', 'receive', 'lose', 'step', 'fail', 'more', 'doubt'] as const
type Kind = (typeof KINDS)[number]

/** Generates events in any order; `pick` chooses the item or message that each is about. */
const story = (kinds: readonly Kind[]) =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(9) }), { maxLength: 60 })

function tell(world: InboxWorld, { kind, pick }: { kind: Kind; pick: number }, elsewhere = markOf): void {
  if (kind === 'deliver') world.deliver()
  else if (kind === 'elsewhere') world.markElsewhere(pick, elsewhere(pick))
  else if (kind === 'mark') world.mark(pick, markOf(pick))
  else if (kind === 'counts') world.sendCounts()
  else if (kind === 'receive') world.receive(pick)
  else if (kind === 'lose') world.lose(pick)
  else if (kind === 'fail') world.fail()
  else if (kind === 'more') world.more()
  else if (kind === 'doubt') world.dispatch({ type: 'doubted' })
  else world.step()
}

function expectTruth(world: InboxWorld): void {
  const { items, counts } = shown(world.state)
  expect(counts).toEqual(world.counts())
  expect(items.map(({ id }) => id)).toEqual(world.listed().map(({ id }) => id))
  const marks = items.map(({ seenAt, readAt }) => [seenAt === null, readAt === null])
  expect(marks).toEqual(world.listed().map(({ seenAt, readAt }) => [seenAt === null, readAt === null]))
}

test('whatever comes, is lost and is asked for in whatever order, the next list makes all of it right', () => {
  fc.assert(
    fc.property(story(KINDS), (steps) => {
      const world = new InboxWorld()
      for (const step of steps) tell(world, step)
      world.settle()
      world.dispatch({ type: 'doubted' })
      world.settle()
      expectTruth(world)
    }),
    { numRuns: 2000 },
  )
})

test('messages that are not lost are enough, in whatever order they come among lists and changes', () => {
  const kinds = KINDS.filter((kind) => kind !== 'lose')
  fc.assert(
    fc.property(story(kinds), (steps) => {
      const world = new InboxWorld()
      // An item that was archived elsewhere before this device heard of it is told from a new one by the next list.
      for (const step of steps) tell(world, step, (pick) => (pick % 2 === 0 ? 'seen' : 'read'))
      world.settle()
      expectTruth(world)
    }),
    { numRuns: 2000 },
  )
})

test('counts are never below zero', () => {
  fc.assert(
    fc.property(story(KINDS), (steps) => {
      const world = new InboxWorld()
      for (const step of steps) {
        tell(world, step)
        const { counts } = shown(world.state)
        expect(Math.min(counts.unseen, counts.unread)).toBeGreaterThanOrEqual(0)
      }
    }),
  )
})

describe('an inbox with two new items', () => {
  const ready = () => {
    const world = new InboxWorld()
    world.deliver()
    world.deliver()
    world.settle()
    return world
  }
  const counts = (world: InboxWorld) => Object.values(shown(world.state).counts)

  test('counts a new item at once, and once', () => {
    const world = ready()
    for (let times = 0; times < 2; times++) world.dispatch({ type: 'arrived', item: anItem(3) })
    expect(counts(world)).toEqual([3, 3])
    expect(shown(world.state).items[0]?.id).toBe('000003')
  })

  test('asks for no list when messages fit what is known', () => {
    const world = ready()
    world.dispatch({ type: 'arrived', item: anItem(3) })
    world.dispatch({ type: 'counted', counts: { unseen: 3, unread: 3 } })
    expect(world.state.isStale).toBe(false)
  })

  test('asks for the list when counts don’t fit', () => {
    const world = ready()
    world.dispatch({ type: 'counted', counts: { unseen: 1, unread: 2 } })
    expect([counts(world), world.state.isStale]).toEqual([[1, 2], true])
  })

  test('shows a change before the service has made it, and counts it once', () => {
    const world = ready()
    world.dispatch({ type: 'asked', which: ['000001'], as: 'read', at: '2026-03-12T20:00:00.000Z' })
    expect(counts(world)).toEqual([1, 1])
    world.dispatch({ type: 'mark-sent' })
    world.dispatch({ type: 'counted', counts: { unseen: 1, unread: 1 } })
    expect(counts(world)).toEqual([1, 1])
    world.dispatch({ type: 'mark-done', counts: { unseen: 1, unread: 1 } })
    expect([counts(world), world.state.isStale]).toEqual([[1, 1], false])
  })

  test('takes a refused change back', () => {
    const world = ready()
    world.dispatch({ type: 'asked', which: ['000001'], as: 'archived', at: '2026-03-12T20:00:00.000Z' })
    expect(shown(world.state).items).toHaveLength(1)
    world.dispatch({ type: 'mark-sent' })
    world.dispatch({ type: 'mark-given-up' })
    expect([shown(world.state).items.length, counts(world)]).toEqual([2, [2, 2]])
  })

  test('sends no change that changes nothing', () => {
    const world = ready()
    const ask = (which: readonly string[] | 'all', as: 'seen' | 'read') =>
      world.dispatch({ type: 'asked', which, as, at: '2026-03-12T20:00:00.000Z' })
    ask(['000001'], 'read')
    ask(['000001'], 'seen')
    ask(['unknown'], 'seen')
    ask('all', 'read')
    ask('all', 'read')
    ask('all', 'seen')
    expect(world.state.pending.map(({ which }) => which)).toEqual([['000001'], 'all'])
  })

  test('counts what comes after all were marked', () => {
    const world = ready()
    world.dispatch({ type: 'asked', which: 'all', as: 'seen', at: '2026-03-12T20:00:00.000Z' })
    expect(counts(world)).toEqual([0, 2])
    world.dispatch({ type: 'arrived', item: anItem(3) })
    expect(counts(world)).toEqual([1, 3])
  })

  test('keeps what comes while the list is read, and asks for the list again', () => {
    const world = ready()
    world.dispatch({ type: 'doubted' })
    world.step()
    world.step()
    world.deliver()
    world.receive(0)
    world.dispatch({ type: 'list-read', page: listOf(anItem(1), anItem(2)), etag: 'older', isMixed: false })
    expect(shown(world.state).items.map(({ id }) => id)).toEqual(['000003', '000002', '000001'])
    expect([counts(world), world.state.isStale]).toEqual([[3, 3], true])
  })

  test('asks for the list when an item comes so late that it may have been archived since', () => {
    const world = ready()
    world.dispatch({ type: 'asked', which: ['000002'], as: 'archived', at: '2026-03-12T20:00:00.000Z' })
    world.settle()
    world.dispatch({ type: 'doubted' })
    world.settle()
    world.dispatch({ type: 'arrived', item: anItem(2) })
    expect(world.state.isStale).toBe(true)
  })

  test('asks for the list when it has changed between two pages, and after all were marked', () => {
    const world = ready()
    world.dispatch({ type: 'more-read', page: listOf(anItem(0)), etag: world.state.confirmed?.etag })
    expect(world.state.isStale).toBe(false)
    world.dispatch({ type: 'more-read', page: listOf(), etag: 'another' })
    expect(world.state.isStale).toBe(true)

    const other = ready()
    other.dispatch({ type: 'asked', which: 'all', as: 'read', at: '2026-03-12T20:00:00.000Z' })
    other.dispatch({ type: 'mark-sent' })
    other.dispatch({ type: 'mark-done', counts: { unseen: 0, unread: 0 } })
    expect(other.state.isStale).toBe(true)
  })

  test('doesn’t show counts of a moment amidst a change of its own', () => {
    const world = ready()
    world.dispatch({ type: 'asked', which: ['000001'], as: 'seen', at: '2026-03-12T20:00:00.000Z' })
    world.dispatch({ type: 'mark-sent' })
    world.dispatch({ type: 'counted', counts: { unseen: 7, unread: 7 } })
    expect([counts(world), world.state.isStale]).toEqual([[1, 2], true])
  })
})

function listOf(...items: InboxItem[]): InboxPage {
  return { items, nextCursor: null, unseen: items.length, unread: items.length }
}
