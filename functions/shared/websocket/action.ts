import type * as z from 'zod/mini'
import type { FieldError } from '../http/response.ts'
import { check } from '../http/validate.ts'
import { excerpt } from '../well-formed.ts'
import type { ActionResult, SocketAction, SocketContext } from './socket-handler.ts'

/** The number of errors in an ack, whose size must not grow with the frame. */
const MAX_ERRORS = 5
const MAX_PATH = 100

/**
 * Creates an action that checks the frame's fields (all members but `v`, `action` and `id`) against a schema. A frame
 * with an invalid or unknown field is answered with `INVALID`, and a message that names it.
 *
 * @example `watch: action(z.strictObject({ rooms: z.array(text()) }), ({ rooms }, { connection }) => watch(rooms, connection))`
 */
export function action<Schema extends z.ZodMiniType, Code extends string>(
  schema: Schema,
  run: (fields: z.output<Schema>, context: SocketContext) => Promise<ActionResult<Code>>,
): SocketAction {
  return async ({ fields }, context) => {
    const checked = check(schema, fields)
    if ('value' in checked) return run(checked.value, context)
    return { ok: false, code: 'INVALID', message: describe(checked.errors) }
  }
}

function describe(errors: readonly FieldError[]): string {
  const shown = errors
    .slice(0, MAX_ERRORS)
    .map(({ path, message }) => `${excerpt(path, MAX_PATH) || 'frame'} ${message}`)
  const more = errors.length - shown.length
  return `The frame is invalid: ${shown.join('; ')}${more > 0 ? `; and ${more} more errors` : ''}.`
}
