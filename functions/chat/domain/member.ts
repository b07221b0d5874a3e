export const ROLES = ['owner', 'admin', 'member'] as const

export type Role = (typeof ROLES)[number]

/** The events that make a member without a live connection hear of a message. */
export const NOTIFY_LEVELS = ['all', 'mentions', 'none'] as const

export type NotifyLevel = (typeof NOTIFY_LEVELS)[number]

/** A user's membership of a room. */
export interface Member {
  readonly user: string
  readonly role: Role
  readonly muted: boolean
  /** The number of the event by which the user joined last. */
  readonly joined: number
  /** The number of the newest event that the user has read. */
  readonly read: number
  readonly notify: NotifyLevel | null
  /** The time at which the user's bucket of tokens is full again, in milliseconds since the epoch: see `send-rate.ts`. */
  readonly tokensFullAt: number
}

const RANKS: Record<Role, number> = { member: 0, admin: 1, owner: 2 }

/** Checks whether a role grants at least what another one does. */
export function isAtLeast(role: Role, least: Role): boolean {
  return RANKS[role] >= RANKS[least]
}

/** Checks whether a member may add, change or remove users of a role: owners all of them, admins plain members. */
export function mayManage({ role }: Member, target: Role): boolean {
  return role === 'owner' || (role === 'admin' && target === 'member')
}

/** Builds the row of a user who joins by the event `joined`. What came before counts as read. */
export function newMember(
  user: string,
  { joined, role = 'member', muted = false }: Pick<Member, 'joined'> & Partial<Pick<Member, 'role' | 'muted'>>,
): Member {
  return { user, role, muted, joined, read: joined, notify: null, tokensFullAt: 0 }
}
