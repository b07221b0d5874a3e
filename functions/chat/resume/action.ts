import { action } from '../../shared/websocket/action.ts'
import type { Resume } from './resume.ts'
import { resumeFields } from './schema.ts'

/** The action `resume`, whose ack follows all its frames. */
export function resumeAction(resume: Resume) {
  return action(resumeFields, async ({ rooms }, { connection, signal }) => {
    await resume(connection, rooms, signal)
    return { ok: true }
  })
}
