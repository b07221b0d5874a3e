import * as z from 'zod/mini'
import { roomId } from '../fields.ts'
import { MAX_RESUMED_ROOMS } from './resume.ts'

/** The fields of `resume`. */
export const resumeFields = z.strictObject({
  rooms: z
    .record(roomId, z.int().check(z.minimum(0)))
    .check(
      z.refine(
        (rooms) => Object.keys(rooms).length <= MAX_RESUMED_ROOMS,
        `must have at most ${MAX_RESUMED_ROOMS} rooms`,
      ),
    ),
})
