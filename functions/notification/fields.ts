import * as z from 'zod/mini'
import { type Principal, requirePrincipal, type Tenancy } from '../shared/auth/principal.ts'
import type { TicketHolder } from '../shared/auth/tickets.ts'
import type { ApiRefusal } from '../shared/http/api-description.ts'
import { invalidInput } from '../shared/http/invalid-input.ts'
import type { HttpRequest } from '../shared/http/request.ts'
import { HttpProblem } from '../shared/http/response.ts'
import type { UrlRefusal } from '../shared/outbound/check-url.ts'
import { CHANNELS } from './domain/channel.ts'
import { type NotificationProblemCode, noSuchUser } from './problems.ts'

// Fields that several ways have, and the names in paths.

/** The scope for sending notifications. */
export const SEND = 'notify:send'
/** The scope of what operators define and see. */
export const MANAGE = 'notify:manage'
/** The scope by which a user, the claim `sub` of the token, does the same for itself alone. */
export const SELF = 'notify:self'
/** The scope for operating the queues. */
export const ADMIN = 'notify:admin'
export const ANY_SCOPE = [SEND, MANAGE, SELF, ADMIN] as const
/** The scopes of routes of one user. */
export const MANAGE_OR_SELF = [MANAGE, SELF] as const

/** The pattern of ids and names. Keys of the table are made of them, so they hold no `#`. */
export const NAME = /^[A-Za-z0-9._~:@-]{1,128}$/

const NAME_RULE = 'must be 1 to 128 letters, digits or ._~:@-'

export const name = z.string().check(z.regex(NAME, NAME_RULE))
export const channel = z.enum(CHANNELS)
export const time = z.string().check(z.meta({ format: 'date-time' }))

/** A field that is not given and one that is `null` are the same, so that an answer can be sent back. */
export const maybe = <Type extends z.ZodMiniType>(type: Type) => z.optional(z.nullable(type))

/** A language as in `fr-CA` (RFC 5646), in its canonical spelling. */
export const locale = z.pipe(
  z.string().check(z.maxLength(35), z.refine(isLocale, 'must be a language tag such as fr or fr-CA')),
  z.transform((tag) => new Intl.Locale(tag).toString()),
)

/** The name of a zone in the IANA database, as in `Europe/Berlin`. */
export const zone = z.string().check(z.maxLength(64), z.refine(isZone, 'must be an IANA zone such as Europe/Berlin'))

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

function isZone(name: string): boolean {
  // Offsets such as +02:00 are zones for Intl, but know no daylight saving time.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** A user of a tenant, and who asks about it. */
export interface RequestedUser {
  readonly tenant: string
  readonly userId: string
  readonly principal: Principal
}

/**
 * Returns the user in the path `/v1/users/{id}`, about whom operators may ask, and the user itself.
 *
 * @throws HttpProblem as `requirePrincipal` does, and 404 `not-found` for what can't be a user.
 */
export function requestedUser(request: HttpRequest, tenancy: Tenancy): RequestedUser {
  const principal = requirePrincipal(request, MANAGE_OR_SELF, tenancy)
  const { id: userId = '' } = request.params
  if (!principal.scopes.has(MANAGE) && principal.sub !== userId) {
    const detail = `The scope ${SELF} covers only the token’s own user; other users require ${MANAGE}.`
    throw new HttpProblem({ status: 403, code: 'scope-missing', detail })
  }
  if (!NAME.test(userId)) throw noSuchUser()
  return { tenant: principal.tenant, userId, principal }
}

/**
 * Returns the user of the token, whose inbox a connection shows live.
 *
 * @throws HttpProblem as `requirePrincipal` does, and 403 `scope-missing` if `sub` can't be the name of a user.
 */
export function requireTicketHolder(request: HttpRequest, tenancy: Tenancy): TicketHolder {
  const { sub: user, tenant, scopes } = requirePrincipal(request, SELF, tenancy)
  if (NAME.test(user)) return { tenant, user, scopes }
  const detail = 'The claim "sub" of the token can’t be the name of a user.'
  throw new HttpProblem({ status: 403, code: 'scope-missing', detail })
}

/**
 * Reads the name that a PUT gives to something.
 *
 * @param inBody the name that the body repeats, if any.
 * @throws HttpProblem 422 `invalid-input` that names it.
 */
export function newName({ params }: HttpRequest, param: string, inBody?: string): string {
  const given = params[param] ?? ''
  if (!NAME.test(given)) throw invalidInput([{ path: param, message: NAME_RULE }])
  if (inBody === undefined || inBody === given) return given
  throw invalidInput([{ path: param, message: `must be the ${param} in the path` }])
}

/**
 * Reads a name in the path. What can't be one names nothing, whatever else is wrong with the request.
 *
 * @throws the problem that is given for it.
 */
export function existingName(
  { params }: HttpRequest,
  param: string,
  missing: () => HttpProblem<NotificationProblemCode>,
): string {
  const given = params[param] ?? ''
  if (!NAME.test(given)) throw missing()
  return given
}

/** Says what a URL must be that is refused. */
export const URL_RULES: Readonly<Record<UrlRefusal, string>> = {
  'not-a-url': 'must be a URL, as in https://example.com/hooks',
  'not-https': 'must be an https URL',
  credentials: 'must have no user and no password',
  address: 'must have a public host',
}

/** Writes a time as clients see it. */
export function toTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** Describes the user in a path. */
export const userParameter = {
  id: { name: 'UserId', pattern: NAME.source, description: 'A user, by the name that you gave it.', example: 'ann' },
}

/** Describes the answer to a name in a path that no user can have. */
export const userNotFound: ApiRefusal = {
  name: 'UserNotFound',
  description: 'No user can have this name.',
  codes: ['not-found'],
}

/** Describes the notification in a path. */
export const notificationParameter = {
  id: {
    name: 'NotificationId',
    pattern: NAME.source,
    description: 'The id of a notification.',
    example: 'Zm9yIGV4YW1w',
  },
}
