import { action } from '../../shared/websocket/action.ts'
import type { SocketAction } from '../../shared/websocket/socket-handler.ts'
import { committedAck, tooLargeAck } from '../acks.ts'
import { isTooLarge } from '../domain/text.ts'
import type { DeleteMessage } from './delete-message.ts'
import type { EditMessage } from './edit-message.ts'
import type { React } from './react.ts'
import { deleteFields, editFields, reactFields, sendFields } from './schema.ts'
import { type SendMessage, toDraft } from './send-message.ts'

export interface MessageActionsOptions {
  send: SendMessage
  edit: EditMessage
  remove: DeleteMessage
  react: React
}

/** Creates the actions that change messages. Each is acknowledged when it is durable. */
export function messageActions({ send, edit, remove, react }: MessageActionsOptions): Record<string, SocketAction> {
  return {
    send: action(sendFields, async ({ room, ...message }, { connection: { tenant, user }, cause, signal }) => {
      if (isTooLarge(message.body)) return tooLargeAck()
      const input = { tenant, room, user, cid: message.cid, draft: toDraft(message), cause }
      return committedAck(await send(input, signal))
    }),

    edit: action(editFields, async (fields, { connection: { tenant, user }, cause, signal }) => {
      if (isTooLarge(fields.body)) return tooLargeAck()
      return committedAck(await edit({ ...fields, tenant, user, cause }, signal))
    }),

    delete: action(deleteFields, async (fields, { connection: { tenant, user }, cause, signal }) =>
      committedAck(await remove({ ...fields, tenant, user, cause }, signal)),
    ),

    react: action(reactFields, async ({ remove = false, ...fields }, { connection: { tenant, user }, cause, signal }) =>
      committedAck(await react({ ...fields, remove, tenant, user, cause }, signal)),
    ),
  }
}
