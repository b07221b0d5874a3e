import type { AttachmentRecord } from '../../../functions/chat/domain/attachment.ts'
import { newMember, type Role } from '../../../functions/chat/domain/member.ts'
import { MAX_EMOJI_KINDS, type Message } from '../../../functions/chat/domain/message.ts'
import type { RecordKey } from '../../../functions/chat/domain/records.ts'
import { decideDeletion } from '../../../functions/chat/send/delete-message.ts'
import { decideEdit } from '../../../functions/chat/send/edit-message.ts'
import { decideReaction } from '../../../functions/chat/send/react.ts'
import { decideMessage } from '../../../functions/chat/send/send-message.ts'
import { aRoom, aSituation, NOW } from '../situation.ts'

const HOUR = 3_600_000
const refused = (code: string) => expect.objectContaining({ outcome: 'refused', code })
const CHANGE = expect.objectContaining({ outcome: 'change' })

const MESSAGE: Message = {
  seq: 4,
  at: NOW - HOUR,
  user: 'ann',
  body: 'Hello',
  editedAt: null,
  deleted: null,
  threadRoot: null,
  attachments: [],
  mentions: [],
  reactions: {},
  edits: [],
}
const UPLOAD: AttachmentRecord = {
  id: 'tea.1',
  name: 'a.png',
  type: 'image/png',
  size: 5,
  user: 'ann',
  createdAt: NOW - HOUR,
  objectKey: 'tenant-acme/tea.1',
  message: null,
}

/** Sends an upload of `ann`; `null` for none. */
function takeUpload(upload: Partial<AttachmentRecord> | null, etags = new Map([['tea.1', '"e"']])) {
  const key = { record: 'attachment', id: 'tea.1' } as const
  const records: [RecordKey, object][] = upload ? [[key, { ...UPLOAD, ...upload }]] : []
  return decideMessage({ ...DRAFT, attachments: ['tea.1'] }, etags)(situation({ records }))
}

const DRAFT = { body: 'Hi', threadRoot: null, attachments: [], mentions: [] }
const LIKE = { target: 4, emoji: '👍', remove: false }

interface Case {
  role?: Role
  muted?: boolean
  joined?: number
  message?: Partial<Message> | null
  records?: [RecordKey, object][]
  room?: Parameters<typeof aRoom>[0]
}

/** The situation in which `ann` does something to message 4, which is hers unless the case says otherwise. */
function situation({ role = 'member', muted = false, joined = 2, message = {}, records = [], room }: Case = {}) {
  return aSituation({
    actor: newMember('ann', { role, muted, joined }),
    room: aRoom(room),
    records: [
      ...(message
        ? [
            [
              { record: 'message', seq: 4 },
              { ...MESSAGE, ...message },
            ] as const,
          ]
        : []),
      ...records,
    ],
  })
}

const blocked: [RecordKey, object] = [{ record: 'block', user: 'ann' }, { at: 1 }]
const reacted: [RecordKey, object] = [
  { record: 'reaction', user: 'ann', seq: 4, emoji: '👍' },
  { seq: 6, at: NOW - 1 },
]

describe('who is muted or blocked', () => {
  test.each([
    ['send', decideMessage(DRAFT)],
    ['edit', decideEdit(4, 'Hi')],
    ['react', decideReaction(LIKE)],
    ['take a reaction back', decideReaction({ ...LIKE, remove: true })],
  ])('can’t %s', (_, decide) => {
    expect(decide(situation({ muted: true }))).toEqual(refused('muted'))
    expect(decide(situation({ records: [blocked] }))).toEqual(refused('blocked'))
  })

  test('can delete its own messages', () => {
    expect(decideDeletion(4)(situation({ muted: true, records: [blocked] }))).toEqual(CHANGE)
  })
})

describe('a message', () => {
  test('replies only to a message that the member may see and that is no reply; it may be deleted', () => {
    const reply = decideMessage({ ...DRAFT, threadRoot: 4 })
    expect(reply(situation())).toEqual(CHANGE)
    expect(reply(situation({ message: { body: null, deleted: { seq: 5, at: NOW } } }))).toEqual(CHANGE)
    expect(reply(situation({ message: null }))).toEqual(refused('invalid'))
    expect(reply(situation({ message: { threadRoot: 2 } }))).toEqual(refused('invalid'))
    expect(reply(situation({ room: { history: 'since-join' }, joined: 5 }))).toEqual(refused('invalid'))
  })

  test('mentions all only if an owner or admin sends it', () => {
    const all = decideMessage({ ...DRAFT, mentions: ['bob', 'all'] })
    expect(all(situation())).toEqual(refused('forbidden'))
    expect(all(situation({ role: 'admin' }))).toEqual(CHANGE)
    expect(all(situation({ role: 'owner' }))).toEqual(CHANGE)
  })

  test('takes an upload of its sender, and nobody can take it again', () => {
    const decided = takeUpload({})
    const file = { id: 'tea.1', name: 'a.png', type: 'image/png', size: 5 }
    expect(decided).toMatchObject({ outcome: 'change', content: { attachments: [file] } })
    expect(decided.outcome === 'change' && decided.writes).toContainEqual({
      key: { record: 'attachment', id: 'tea.1' },
      put: { ...UPLOAD, message: { seq: 8, etag: '"e"' } },
    })
  })

  test.each<[string, Partial<AttachmentRecord> | null]>([
    ['that nobody began', null],
    ['of another user', { user: 'bob' }],
    ['that a message has', { message: { seq: 3, etag: '"e"' } }],
    ['that has expired, although its record is still there', { createdAt: NOW - 24 * HOUR }],
  ])('takes no upload %s', (_, upload) => {
    expect(takeUpload(upload)).toEqual(refused('not-found'))
  })

  test('takes no upload without content', () => {
    expect(takeUpload({}, new Map())).toEqual(refused('not-found'))
  })
})

describe('an edit', () => {
  const edit = decideEdit(4, 'Hi')

  test.each<[string, Case, unknown]>([
    ['its author', {}, CHANGE],
    ['its author for 24 hours', { message: { at: NOW - 24 * HOUR } }, CHANGE],
    ['nobody later', { message: { at: NOW - 24 * HOUR - 1 } }, refused('forbidden')],
    ['not its author once it is deleted', { message: { deleted: { seq: 5, at: NOW } } }, refused('conflict')],
    ['not the owner', { role: 'owner', message: { user: 'bob' } }, refused('forbidden')],
    ['nobody where there is none', { message: null }, refused('not-found')],
    ['nobody below the floor', { room: { floor: 5 } }, refused('not-found')],
    ['not who joined later', { room: { history: 'since-join' }, joined: 5 }, refused('not-found')],
  ])('is for %s', (_, when, expected) => {
    expect(edit(situation(when))).toEqual(expected)
  })

  test('changes the newest message of the room where it is that one, and not otherwise', () => {
    const last = { seq: 4, at: 1, user: 'ann', body: 'Hello' }
    expect(edit(situation({ room: { lastMessage: last } }))).toMatchObject({
      room: { lastMessage: { ...last, body: 'Hi' } },
    })
    expect(edit(situation({ room: { lastMessage: { ...last, seq: 5 } } }))).not.toHaveProperty('room')
  })
})

describe('a deletion', () => {
  const remove = decideDeletion(4)

  test.each<[string, Case, unknown]>([
    ['its author, at any time', { message: { at: NOW - 1000 * HOUR } }, CHANGE],
    ['its author who joined again since', { room: { history: 'since-join' }, joined: 5 }, CHANGE],
    ['an admin', { role: 'admin', message: { user: 'bob' } }, CHANGE],
    ['an owner', { role: 'owner', message: { user: 'bob' } }, CHANGE],
    ['no other member', { message: { user: 'bob' } }, refused('forbidden')],
    ['nobody where there is none', { message: null }, refused('not-found')],
    ['nobody where retention took it', { room: { floor: 5 } }, refused('not-found')],
  ])('is for %s', (_, when, expected) => {
    expect(remove(situation(when))).toEqual(expected)
  })

  test('is done once', () => {
    const deleted = { seq: 5, at: NOW - 1 }
    expect(remove(situation({ message: { deleted } }))).toEqual({ outcome: 'unchanged', ...deleted })
  })

  test('takes the text out of the newest message of the room where it is that one', () => {
    const last = { seq: 4, at: 1, user: 'ann', body: 'Hello' }
    const decided = remove(situation({ room: { lastMessage: last } }))
    expect(decided).toMatchObject({ room: { lastMessage: { ...last, body: null } } })
    expect(remove(situation({ room: { lastMessage: { ...last, seq: 5 } } }))).not.toHaveProperty('room')
  })
})

describe('a reaction', () => {
  const like = decideReaction(LIKE)
  const unlike = decideReaction({ ...LIKE, remove: true })

  test.each<[string, Case, unknown]>([
    ['a message', {}, CHANGE],
    ['a message of others', { message: { user: 'bob' } }, CHANGE],
    ['no deleted message', { message: { deleted: { seq: 5, at: NOW } } }, refused('conflict')],
    ['no message below the floor', { room: { floor: 5 } }, refused('not-found')],
    ['nothing that is no message', { message: null }, refused('not-found')],
  ])('is to %s', (_, when, expected) => {
    expect(like(situation(when))).toEqual(expected)
  })

  test('is one event, and so is taking it back', () => {
    expect(like(situation({ records: [reacted] }))).toEqual({ outcome: 'unchanged', seq: 6, at: NOW - 1 })
    expect(unlike(situation())).toEqual({ outcome: 'unchanged', seq: MESSAGE.seq, at: MESSAGE.at })
    expect(unlike(situation({ records: [reacted], message: { reactions: { '👍': 1 } } }))).toMatchObject({
      content: { type: 'reaction', target: 4, emoji: '👍', remove: true },
      writes: [{ set: { reactions: {} } }, { remove: true }],
    })
  })

  test('counts beside those of others', () => {
    expect(like(situation({ message: { reactions: { '👍': 2, '🎉': 1 } } }))).toMatchObject({
      writes: [{ set: { reactions: { '👍': 3, '🎉': 1 } } }, { put: { seq: 8, at: NOW } }],
    })
  })

  test(`has one of at most ${MAX_EMOJI_KINDS} kinds of emoji`, () => {
    const kinds = Array.from({ length: MAX_EMOJI_KINDS }, (_, index) => [`kind ${index}`, 1])
    expect(like(situation({ message: { reactions: Object.fromEntries(kinds) } }))).toEqual(refused('invalid'))
    expect(like(situation({ message: { reactions: Object.fromEntries(kinds.slice(1)) } }))).toEqual(CHANGE)
    const known = Object.fromEntries([...kinds.slice(1), ['👍', 1]])
    expect(like(situation({ message: { reactions: known } }))).toEqual(CHANGE)
  })
})
