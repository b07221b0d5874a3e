import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { NOTIFY_LEVELS, ROLES } from '../domain/member.ts'

/** `PUT /v1/rooms/{id}/members/{user}` */
export const memberBody = z.strictObject({ role: z.enum(ROLES), muted: z.optional(z.boolean()) })

/** A member in an answer. */
export const memberAnswer = z.strictObject({ user: z.string(), role: z.enum(ROLES), muted: z.boolean() })

/** `GET /v1/rooms/{id}/members` */
export const listMembersQuery = z.strictObject(pageQuery)
export const memberPage = z.strictObject({ items: z.array(memberAnswer), nextCursor: z.nullable(z.string()) })

/** `PUT /v1/rooms/{id}/notify` */
export const notifyBody = z.strictObject({ level: z.enum(NOTIFY_LEVELS) })
