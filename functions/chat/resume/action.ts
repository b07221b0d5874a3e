import { action } from '../../shared/websocket/action.ts'
import { tryAgainAck } from '../acks.ts'
import type { Resume } from './resume.ts'
import { resumeFields } from './schema.ts'

/** The action `resume`, whose ack follows all its frames. */
export function resumeAction(resume: Resume) {
  return action(resumeFields, async ({ rooms }, { connection, signal }) => {
    return (await resume(connection, rooms, signal)) === 'sent' ? { ok: true } : tryAgainAck()
  })
}
