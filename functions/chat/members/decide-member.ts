import { type Change, type Decide, type Refusal, refuse, type Situation } from '../domain/commit.ts'
import { isAtLeast, type Member, mayManage, newMember, type Role } from '../domain/member.ts'
import { traceOf } from '../domain/pseudonym.ts'
import type { Write } from '../domain/records.ts'
import { MAX_MEMBERS, type Room } from '../domain/room.ts'

// Decisions on one user of a room, made by the records that a commit reads: the user's row, and their ban.

/** The role that a user is to have. Without `muted` a member stays as it is, and a new one isn't muted. */
export interface AskedMember {
  readonly role: Role
  readonly muted?: boolean | undefined
}

export interface PutOptions {
  /** True if what is there already must not be changed (`If-None-Match: *`). */
  readonly onlyIfAbsent?: boolean | undefined
}

/** Decides on adding a member, or on another role. Owners may do all of it, admins add and mute plain members. */
export function decideMember(
  user: string,
  { role, muted: asked, onlyIfAbsent = false }: AskedMember & PutOptions,
): Decide {
  return (situation) => {
    const { room, seq, view } = situation
    const before = view.get({ record: 'member', user })
    const muted = asked ?? before?.muted ?? false
    const refusal = refusalOf(situation, before, { user, role, muted, onlyIfAbsent })
    if (refusal) return refusal
    const key = { record: 'member', user } as const
    if (before) {
      if (before.role === role && before.muted === muted) return unchanged(room)
      return change(situation, { user, before, after: role, muted, writes: [{ key, set: { role, muted } }] })
    }
    const writes: Write[] = [
      { key, put: newMember(user, { role, muted, joined: seq }) },
      { key: { record: 'membership', user }, put: { joined: seq } },
    ]
    return { ...change(situation, { user, before, after: role, muted, writes }), joined: [user] }
  }
}

function refusalOf(
  { room, actor, view }: Situation,
  before: Member | undefined,
  after: Pick<Member, 'user' | 'role' | 'muted'> & PutOptions,
): Refusal | undefined {
  if (room.kind === 'direct') return pairStays()
  const stepsDown = after.user === actor.user && isAtLeast(actor.role, after.role) && after.muted === actor.muted
  const manages = mayManage(actor, before?.role ?? 'member') && mayManage(actor, after.role)
  if (!stepsDown && !manages) return notAllowed()
  if (before && after.onlyIfAbsent) return refuse('precondition-failed', 'This user is a member already.')
  if (!before && view.get({ record: 'ban', user: after.user })) return refuse('banned', 'This user is banned here.')
  if (!before && room.members >= MAX_MEMBERS)
    return refuse('limit-reached', `A room has ${MAX_MEMBERS} members at most.`)
  return lastOwner(room, before, after.role)
}

/** Decides on the removal of a member. Anyone may leave but the last owner. */
export function decideRemoval(user: string): Decide {
  return (situation) => {
    const { room, actor, view } = situation
    const before = view.get({ record: 'member', user })
    if (room.kind === 'direct') return pairStays()
    if (!before) return refuse('not-found', 'This user is not a member of the room.')
    if (user !== actor.user && !mayManage(actor, before.role)) return notAllowed()
    return lastOwner(room, before, null) ?? removal(situation, before)
  }
}

/** Decides on a ban, which removes a member, and keeps the user from being added. */
export function decideBan(user: string, { onlyIfAbsent = false }: PutOptions = {}): Decide {
  return (situation) => {
    const { room, actor, at, view } = situation
    const before = view.get({ record: 'member', user })
    if (room.kind === 'direct') return pairStays()
    if (user === actor.user) return refuse('forbidden', 'You can’t ban yourself: leave the room instead.')
    if (!mayManage(actor, before?.role ?? 'member')) return notAllowed()
    if (view.get({ record: 'ban', user })) {
      return onlyIfAbsent ? refuse('precondition-failed', 'This user is banned already.') : unchanged(room)
    }
    const ban: Write = { key: { record: 'ban', user }, put: { by: actor.user, at } }
    const removed = before
      ? removal(situation, before)
      : change(situation, { user, before, after: null, muted: false, writes: [] })
    const content = { type: 'member', member: { user, role: null, muted: false }, banned: true } as const
    return { ...removed, content, writes: [...(removed.writes ?? []), traceOf(user, situation), ban] }
  }
}

/** Decides on lifting a ban. The user stays out until somebody adds them. */
export function decideUnban(user: string): Decide {
  return (situation) => {
    const { room, actor, view } = situation
    if (room.kind === 'direct') return pairStays()
    if (!isAtLeast(actor.role, 'admin')) return notAllowed()
    if (!view.get({ record: 'ban', user })) return refuse('not-found', 'This user is not banned from the room.')
    const writes: Write[] = [{ key: { record: 'ban', user }, remove: true }, traceOf(user, situation)]
    return change(situation, { user, before: undefined, after: null, muted: false, writes })
  }
}

interface MemberChange {
  readonly user: string
  readonly before: Member | undefined
  /** `null` if the user is no member afterwards. */
  readonly after: Role | null
  readonly muted: boolean
  readonly writes: readonly Write[]
}

/** Builds the change of one user, with the numbers of members and owners after it. */
function change({ room }: Situation, { user, before, after, muted, writes }: MemberChange): Change {
  return {
    outcome: 'change',
    content: { type: 'member', member: { user, role: after, muted }, banned: false },
    room: {
      members: room.members + Number(after !== null) - Number(before !== undefined),
      owners: room.owners + Number(after === 'owner') - Number(before?.role === 'owner'),
    },
    writes,
    publish: 'chat.member.changed',
  }
}

function removal(situation: Situation, before: Member): Change {
  const { user } = before
  const writes: Write[] = [
    { key: { record: 'member', user }, remove: true },
    { key: { record: 'membership', user }, remove: true },
    { key: { record: 'listener', user }, remove: true },
    { key: { record: 'departure', user }, put: { seq: situation.seq } },
    traceOf(user, situation),
  ]
  return { ...change(situation, { user, before, after: null, muted: false, writes }), left: [user] }
}

/** Refuses to leave a room without an owner. */
function lastOwner({ owners }: Room, before: Member | undefined, after: Role | null): Refusal | undefined {
  if (before?.role !== 'owner' || after === 'owner' || owners > 1) return undefined
  return refuse('last-owner', 'The room has no other owner: make another member one first, or delete the room.')
}

function pairStays(): Refusal {
  return refuse('forbidden', 'The two members of a direct room always stay the same.')
}

function notAllowed(): Refusal {
  return refuse('forbidden', 'Owners can manage all members, and admins only plain members.')
}

function unchanged({ head, headAt }: Room) {
  return { outcome: 'unchanged', seq: head, at: headAt } as const
}
