import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { NOTIFY_LEVELS, ROLES } from '../domain/member.ts'

/** `PUT /v1/rooms/{id}/members/{user}` */
export const memberBody = z.strictObject({ role: z.enum(ROLES), muted: z.optional(z.boolean()) })

const memberFields = { user: z.string(), role: z.enum(ROLES), muted: z.boolean() }

/** A member in an answer. */
export const memberAnswer = z.strictObject(memberFields)

/** A member in a list, with the read marker and the presence in a room of up to 100 members. */
export const listedMember = z.strictObject({
  ...memberFields,
  read: z.optional(z.int()),
  online: z.optional(z.boolean()),
})

/** `GET /v1/rooms/{id}/members` */
export const listMembersQuery = z.strictObject(pageQuery)
export const memberPage = z.strictObject({ items: z.array(listedMember), nextCursor: z.nullable(z.string()) })

/** `PUT /v1/rooms/{id}/notify` */
export const notifyBody = z.strictObject({ level: z.enum(NOTIFY_LEVELS) })
