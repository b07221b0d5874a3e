import { COMMIT_RECORD_MS } from '../../../functions/chat/domain/commit.ts'
import type { EventContent, RoomEvent } from '../../../functions/chat/domain/event.ts'
import { eventView } from '../../../functions/chat/domain/event-view.ts'

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const TS = '2026-01-02T03:04:05.006Z'
const MESSAGE = {
  type: 'message',
  body: 'Hello',
  threadRoot: null,
  attachments: [{ id: 'tea.1', name: 'a.png', type: 'image/png', size: 1 }],
  mentions: ['bob'],
} as const satisfies EventContent

const viewer = { user: 'bob', floor: 1, now: AT }

function stored(content: EventContent, extra: Partial<RoomEvent> = {}): RoomEvent {
  // As the table holds it, with what only delivery needs.
  const item = { tenant: 't', room: 'r', cause: {}, shards: 1, joined: ['dan'] }
  return { ...item, ...content, seq: 7, at: AT, user: 'ann', ...extra } as RoomEvent
}

test('an event shows its content, and nothing that only delivery needs', () => {
  const head = { seq: 7, ts: TS, user: 'ann' }
  expect(eventView(stored(MESSAGE), viewer)).toStrictEqual({
    ...head,
    type: 'message',
    body: 'Hello',
    attachments: [{ id: 'tea.1', name: 'a.png', type: 'image/png', size: 1 }],
    mentions: ['bob'],
  })
  expect(eventView(stored({ ...MESSAGE, threadRoot: 3 }), viewer)).toHaveProperty('threadRoot', 3)
  const others: EventContent[] = [
    { type: 'edit', target: 3, body: 'Hi' },
    { type: 'delete', target: 3 },
    { type: 'reaction', target: 3, emoji: '👍', remove: true },
    { type: 'member', member: { user: 'dan', role: null, muted: false }, banned: true },
    { type: 'member', member: { user: 'dan', role: 'admin', muted: false } },
  ]
  for (const content of others) expect(eventView(stored(content), viewer)).toStrictEqual({ ...head, ...content })
  const room = { type: 'room', name: 'Tea', deleted: false } as const
  expect(eventView(stored({ ...room, kind: 'group' }), viewer)).toStrictEqual({ ...head, ...room })
})

test('an erased event has neither body nor attachments, and says so', () => {
  const erased = { erased: true } as const
  const message = eventView(stored({ ...MESSAGE, body: 'left' }, erased), viewer)
  expect(message).toStrictEqual({ seq: 7, ts: TS, user: 'ann', type: 'message', mentions: ['bob'], ...erased })
  const edit = eventView(stored({ type: 'edit', target: 3, body: 'left' }, erased), viewer)
  expect(edit).toStrictEqual({ seq: 7, ts: TS, user: 'ann', type: 'edit', target: 3, ...erased })
})

test('an edit or a reaction of a message below the floor shows neither body nor emoji', () => {
  const edit = stored({ type: 'edit', target: 3, body: 'Hi' })
  const reaction = stored({ type: 'reaction', target: 3, emoji: '👍', remove: false })
  expect(eventView(edit, { ...viewer, floor: 4 })).not.toHaveProperty('body')
  expect(eventView(edit, { ...viewer, floor: 3 })).toHaveProperty('body', 'Hi')
  expect(eventView(reaction, { ...viewer, floor: 4 })).not.toHaveProperty('emoji')
  expect(eventView(reaction, { ...viewer, floor: 3 })).toHaveProperty('emoji', '👍')
})

test('only the author sees the cid of a commit, and only as long as a repeat is recognised by it', () => {
  const event = stored(MESSAGE, { cid: 'c1' })
  expect(eventView(event, viewer)).not.toHaveProperty('cid')
  const author = { ...viewer, user: 'ann' }
  expect(eventView(event, { ...author, now: AT + COMMIT_RECORD_MS - 1 })).toHaveProperty('cid', 'c1')
  expect(eventView(event, { ...author, now: AT + COMMIT_RECORD_MS })).not.toHaveProperty('cid')
})
