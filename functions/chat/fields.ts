import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../shared/auth/principal.ts'
import type { TicketHolder } from '../shared/auth/tickets.ts'
import type { HttpRequest } from '../shared/http/request.ts'
import { text } from '../shared/http/validate.ts'
import { forbidden, noSuchAttachment, notFound, notMember } from './problems.ts'

// Fields that several ways have, and the names in paths.

/** The scope of every route of a user's own rooms. */
export const SCOPE = 'chat'

/** The scope of routes about other users. */
export const ADMIN_SCOPE = 'chat:admin'

/** The pattern of rooms' ids and users' names. Keys of the table are made of them, so they hold no `#`. */
const NAME = /^[A-Za-z0-9._~:@-]{1,128}$/

const NAME_RULE = 'must be 1 to 128 letters, digits or ._~:@-'

export const userName = z.string().check(z.regex(NAME, NAME_RULE))
export const roomId = z.string().check(z.regex(NAME, NAME_RULE))
export const attachmentName = z.string().check(z.regex(NAME, NAME_RULE))

/** The number of an event, and of a message. */
export const eventNumber = z.int().check(z.minimum(1))

/** The id that a client gives to a commit. */
export const commitId = z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters'))

const MAX_ROOM_NAME = 100

/** The name of a group: a line of text, stored in NFC. */
export const roomName = text(
  z.trim(),
  z.normalize('NFC'),
  z.minLength(1),
  z.maxLength(MAX_ROOM_NAME),
  z.refine((name) => !/\p{Cc}/u.test(name), 'must be one line, without control characters'),
)

/** The user who asks, by the token's claim `sub`. */
export interface Caller {
  readonly tenant: string
  readonly user: string
}

/**
 * Returns the caller of a route.
 *
 * @throws HttpProblem as `requirePrincipal` does, and 403 `forbidden` if `sub` can't be the name of a user.
 */
export function requireCaller(request: HttpRequest, tenancy: Tenancy): Caller {
  const { sub, tenant } = requirePrincipal(request, SCOPE, tenancy)
  if (!NAME.test(sub)) throw forbidden(`The claim "sub" of the token ${NAME_RULE}.`)
  return { tenant, user: sub }
}

/** Returns the caller with the token's scopes, for a connection. @throws as `requireCaller` does. */
export function requireTicketHolder(request: HttpRequest, tenancy: Tenancy): TicketHolder {
  const { scopes } = requirePrincipal(request, SCOPE, tenancy)
  return { ...requireCaller(request, tenancy), scopes }
}

/** Reads the room in the path. What can't be one is a room of which nobody is a member. */
export function requestedRoom({ params }: HttpRequest): string {
  if (params.id === undefined || !NAME.test(params.id)) throw notMember()
  return params.id
}

/** Reads the attachment in the path. */
export function requestedAttachment({ params }: HttpRequest): string {
  if (params.attachment === undefined || !NAME.test(params.attachment)) throw noSuchAttachment()
  return params.attachment
}

/** Reads the user in the path. */
export function requestedUser({ params }: HttpRequest): string {
  if (params.user === undefined || !NAME.test(params.user)) throw notFound('There is no such user.')
  return params.user
}

/** Writes a time as clients see it. */
export function toTime(ms: number): string {
  return new Date(ms).toISOString()
}

export const time = z.string().check(z.meta({ format: 'date-time' }))

/** Describes the id of a room in a path. */
export const roomParameter = {
  id: { name: 'RoomId', pattern: NAME.source, description: 'The id of a room.', example: 'Qm9hdHMgYW5k' },
}

/** Describes the id of an attachment in a path. */
export const attachmentParameter = {
  attachment: {
    name: 'AttachmentId',
    pattern: NAME.source,
    description: 'The id of a file.',
    example: 'Qm9hdHMgYW5k.4rT0fG7hJ2kL',
  },
}

/** Describes the name of a user in a path. */
export const userParameter = {
  user: {
    name: 'UserName',
    pattern: NAME.source,
    description: 'A user: the claim `sub` of their tokens.',
    example: 'ann',
  },
}
