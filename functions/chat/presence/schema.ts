import * as z from 'zod/mini'
import { MAX_WATCHED } from '../domain/watcher.ts'
import { roomId } from '../fields.ts'

/** The fields of the actions, by their names. */
export const pingFields = z.strictObject({})
export const readFields = z.strictObject({ room: roomId, seq: z.int().check(z.minimum(0)) })
export const typingFields = z.strictObject({ room: roomId })
export const watchFields = z.strictObject({ rooms: z.array(roomId).check(z.maxLength(MAX_WATCHED)) })

/** The acks. */
export const pingAck = z.strictObject({ heads: z.record(z.string(), z.int()) })
export const readAck = z.strictObject({ seq: z.int() })
