import { newMember, type Role } from '../../../functions/chat/domain/member.ts'
import { MAX_MEMBERS } from '../../../functions/chat/domain/room.ts'
import { decideBan, decideMember, decideRemoval, decideUnban } from '../../../functions/chat/members/decide-member.ts'
import { aRoom, aSituation } from '../situation.ts'

const BAN = [
  { record: 'ban', user: 'mia' },
  { by: 'olga', at: 1 },
] as const

/** The situation in which `asker` asks about `mia`, who has a role or is none. */
function between(asker: Role, mia: Role | null, { isBanned = false, room = aRoom({ owners: 2, members: 5 }) } = {}) {
  return aSituation({
    actor: newMember('ann', { role: asker, joined: 2 }),
    room,
    records: [
      ...(mia ? [[{ record: 'member', user: 'mia' }, newMember('mia', { role: mia, joined: 3 })] as const] : []),
      ...(isBanned ? [BAN] : []),
    ],
  })
}

/** The situation in which a member asks about itself. */
function alone(role: Role, room = aRoom({ owners: 2 })) {
  const actor = newMember('mia', { role, joined: 2 })
  return aSituation({ actor, room, records: [[{ record: 'member', user: 'mia' }, actor]] })
}

const refused = (code: string) => expect.objectContaining({ outcome: 'refused', code })
const CHANGE = expect.objectContaining({ outcome: 'change' })
const FORBIDDEN = refused('forbidden')

describe('rights', () => {
  test.each<[Role, Role | null, Role, unknown]>([
    ['owner', null, 'owner', CHANGE],
    ['owner', 'member', 'admin', CHANGE],
    ['owner', 'admin', 'member', CHANGE],
    ['owner', 'owner', 'member', CHANGE],
    ['admin', null, 'member', CHANGE],
    ['admin', null, 'admin', FORBIDDEN],
    ['admin', 'member', 'admin', FORBIDDEN],
    ['admin', 'member', 'owner', FORBIDDEN],
    ['admin', 'admin', 'member', FORBIDDEN],
    ['admin', 'owner', 'member', FORBIDDEN],
    ['member', null, 'member', FORBIDDEN],
    ['member', 'admin', 'member', FORBIDDEN],
  ])('%s who makes %s a(n) %s', (...[asker, before, after, expected]) => {
    expect(decideMember('mia', { role: after })(between(asker, before))).toEqual(expected)
  })

  test.each<[Role, Role, unknown]>([
    ['owner', 'member', CHANGE],
    ['owner', 'admin', CHANGE],
    ['owner', 'owner', CHANGE],
    ['admin', 'member', CHANGE],
    ['admin', 'admin', FORBIDDEN],
    ['admin', 'owner', FORBIDDEN],
    ['member', 'member', FORBIDDEN],
  ])('%s who mutes, removes or bans %s', (asker, target, expected) => {
    const situation = between(asker, target)
    expect(decideMember('mia', { role: target, muted: true })(situation)).toEqual(expected)
    expect(decideRemoval('mia')(situation)).toEqual(expected)
    expect(decideBan('mia')(situation)).toEqual(expected)
  })

  test.each<[Role, unknown]>([
    ['owner', CHANGE],
    ['admin', CHANGE],
    ['member', FORBIDDEN],
  ])('%s who lifts a ban', (asker, expected) => {
    expect(decideUnban('mia')(between(asker, null, { isBanned: true }))).toEqual(expected)
  })

  test('anyone steps down and leaves, and nobody rises or unmutes by themselves', () => {
    expect(decideMember('mia', { role: 'member' })(alone('admin'))).toEqual(CHANGE)
    expect(decideMember('mia', { role: 'owner' })(alone('admin'))).toEqual(FORBIDDEN)
    expect(decideMember('mia', { role: 'admin' })(alone('member'))).toEqual(FORBIDDEN)
    expect(decideRemoval('mia')(alone('member'))).toEqual(CHANGE)
    const muted = { ...alone('admin').actor, muted: true }
    const records = [[{ record: 'member', user: 'mia' }, muted]] as const
    expect(decideMember('mia', { role: 'admin', muted: false })(aSituation({ actor: muted, records }))).toEqual(
      FORBIDDEN,
    )
    expect(decideMember('mia', { role: 'member' })(aSituation({ actor: muted, records }))).toEqual(CHANGE)
  })

  test('nobody bans themselves', () => {
    expect(decideBan('mia')(alone('owner'))).toEqual(FORBIDDEN)
  })

  test('the members of a direct room always stay the same', () => {
    const room = aRoom({ kind: 'direct', pair: ['ann', 'mia'], owners: 0 })
    for (const decide of [
      decideMember('mia', { role: 'member', muted: true }),
      decideMember('zoe', { role: 'member' }),
      decideRemoval('ann'),
      decideRemoval('mia'),
      decideBan('mia'),
      decideUnban('mia'),
    ]) {
      expect(decide(between('member', 'member', { room }))).toEqual(FORBIDDEN)
    }
  })
})

describe('the last owner', () => {
  const last = alone('owner', aRoom({ owners: 1 }))

  test('stays one, until there is another', () => {
    expect(decideMember('mia', { role: 'admin' })(last)).toEqual(refused('last-owner'))
    expect(decideRemoval('mia')(last)).toEqual(refused('last-owner'))
    expect(decideMember('mia', { role: 'admin' })(alone('owner'))).toEqual(CHANGE)
    expect(decideRemoval('mia')(alone('owner'))).toEqual(CHANGE)
  })

  test('may be muted by themselves, and keep the role', () => {
    expect(decideMember('mia', { role: 'owner', muted: true })(last)).toEqual(CHANGE)
  })
})

describe('changes', () => {
  test('a new member joins by the event, with nothing unread, and counts', () => {
    expect(decideMember('mia', { role: 'owner', muted: true })(between('owner', null))).toEqual({
      outcome: 'change',
      content: { type: 'member', member: { user: 'mia', role: 'owner', muted: true }, banned: false },
      room: { members: 6, owners: 3 },
      joined: ['mia'],
      writes: [
        {
          key: { record: 'member', user: 'mia' },
          put: { user: 'mia', role: 'owner', muted: true, joined: 8, read: 8, notify: null, tokensFullAt: 0 },
        },
        { key: { record: 'membership', user: 'mia' }, put: { joined: 8 } },
      ],
      publish: 'chat.member.changed',
    })
  })

  test('a member keeps being muted where it isn’t said otherwise', () => {
    const muted = newMember('mia', { joined: 3, muted: true })
    const situation = aSituation({ records: [[{ record: 'member', user: 'mia' }, muted]] })
    expect(decideMember('mia', { role: 'admin' })(situation)).toMatchObject({
      content: { member: { role: 'admin', muted: true } },
      writes: [{ key: { record: 'member', user: 'mia' }, set: { role: 'admin', muted: true } }],
    })
    expect(decideMember('mia', { role: 'member', muted: false })(situation)).toMatchObject({
      content: { member: { role: 'member', muted: false } },
    })
  })

  test('the same again changes nothing', () => {
    expect(decideMember('mia', { role: 'admin' })(between('owner', 'admin'))).toMatchObject({
      outcome: 'unchanged',
      seq: 7,
    })
    expect(decideBan('mia')(between('owner', null, { isBanned: true }))).toMatchObject({ outcome: 'unchanged', seq: 7 })
  })

  test('nothing that is there already changes where only something new is asked for', () => {
    const onlyIfAbsent = true
    for (const asked of [{ role: 'owner' }, { role: 'member' }, { role: 'owner', muted: true }] as const) {
      const decide = decideMember('mia', { ...asked, onlyIfAbsent })
      expect(decide(between('owner', 'owner'))).toEqual(refused('precondition-failed'))
      expect(decide(between('owner', null))).toEqual(CHANGE)
      expect(decide(between('member', 'owner'))).toEqual(FORBIDDEN)
    }
    expect(decideMember('mia', { role: 'member', onlyIfAbsent })(alone('owner', aRoom({ owners: 1 })))).toEqual(
      refused('precondition-failed'),
    )
    const ban = decideBan('mia', { onlyIfAbsent })
    expect(ban(between('owner', null, { isBanned: true }))).toEqual(refused('precondition-failed'))
    expect(ban(between('owner', 'member'))).toEqual(CHANGE)
    expect(ban(between('member', null, { isBanned: true }))).toEqual(FORBIDDEN)
  })

  test('one who leaves loses both rows, and the number of the departure and a trace stay', () => {
    expect(decideRemoval('mia')(between('owner', 'owner'))).toEqual({
      outcome: 'change',
      content: { type: 'member', member: { user: 'mia', role: null, muted: false }, banned: false },
      room: { members: 4, owners: 1 },
      left: ['mia'],
      writes: [
        { key: { record: 'member', user: 'mia' }, remove: true },
        { key: { record: 'membership', user: 'mia' }, remove: true },
        { key: { record: 'listener', user: 'mia' }, remove: true },
        { key: { record: 'departure', user: 'mia' }, put: { seq: 8 } },
        { key: { record: 'trace', user: 'mia' }, put: { id: '8' } },
      ],
      publish: 'chat.member.changed',
    })
  })

  test('a ban removes a member in the same event', () => {
    const ban = decideBan('mia')(between('owner', 'member'))
    expect(ban).toMatchObject({
      content: { member: { role: null }, banned: true },
      left: ['mia'],
      room: { members: 4 },
    })
    expect('writes' in ban && ban.writes?.at(-1)).toMatchObject({ key: { record: 'ban' }, put: { by: 'ann' } })
  })

  test('a ban of one who is no member removes nobody', () => {
    const ban = decideBan('mia')(between('admin', null))
    expect(ban).toMatchObject({
      content: { banned: true },
      room: { members: 5, owners: 2 },
      writes: [{ key: { record: 'trace' } }, { put: { by: 'ann' } }],
    })
    expect(ban).not.toHaveProperty('left')
  })

  test('a banned user can’t be added by anyone, and can once the ban is lifted', () => {
    const situation = between('owner', null, { isBanned: true })
    expect(decideMember('mia', { role: 'member' })(situation)).toEqual(refused('banned'))
    expect(decideUnban('mia')(situation)).toMatchObject({
      writes: [{ key: { record: 'ban' }, remove: true }, { key: { record: 'trace', user: 'mia' } }],
    })
  })

  test('what isn’t there can’t be taken away', () => {
    expect(decideRemoval('mia')(between('owner', null))).toEqual(refused('not-found'))
    expect(decideUnban('mia')(between('owner', null))).toEqual(refused('not-found'))
  })

  test('a full room takes no more members, and changes those that it has', () => {
    const room = aRoom({ members: MAX_MEMBERS })
    expect(decideMember('mia', { role: 'member' })(between('owner', null, { room }))).toEqual(refused('limit-reached'))
    expect(decideMember('mia', { role: 'admin' })(between('owner', 'member', { room }))).toEqual(CHANGE)
  })
})
