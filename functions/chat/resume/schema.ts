import * as z from 'zod/mini'
import { MAX_RESUMED_ROOMS } from './resume.ts'

const roomId = z.string().check(z.regex(/^[A-Za-z0-9._~:@-]{1,128}$/, 'must be the id of a room'))

/** The fields of `resume`. */
export const resumeFields = z.strictObject({
  rooms: z
    .record(roomId, z.int().check(z.minimum(0)))
    .check(
      z.refine(
        (rooms) => Object.keys(rooms).length <= MAX_RESUMED_ROOMS,
        `must have ${MAX_RESUMED_ROOMS} rooms at most`,
      ),
    ),
})
