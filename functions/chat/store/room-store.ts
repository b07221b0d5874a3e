import type { Files } from '../../shared/aws/files.ts'
import type { ApiStore } from '../api-routes.ts'
import { createAttachments } from './attachments.ts'
import { createBlocks } from './blocks.ts'
import { type CommitOptions, createCommit } from './commit.ts'
import { createContent } from './content.ts'
import { createCountUnread } from './count-unread.ts'
import { createStoreRoom } from './create-room.ts'
import { directRoomId } from './keys.ts'
import { createReadMembers, createStoreNotifyLevel } from './members.ts'
import { createMemberships } from './memberships.ts'
import { createReadOnline } from './presence.ts'
import { createPseudonymisations } from './pseudonymisations.ts'
import { createReadEvents } from './read-events.ts'
import { createReadMembership } from './read-membership.ts'
import { createReadMessage, createReadMessages, createReadOwnReactions, createReadReplies } from './read-messages.ts'

export interface RoomStoreOptions extends Omit<CommitOptions, 'forgetDeletedRooms'> {
  loadFiles: () => Promise<Files>
}

/** Creates all that the routes read and write. */
export function createRoomStore(options: RoomStoreOptions): ApiStore {
  const memberships = createMemberships(options)
  const { forgetDeletedRooms } = memberships
  const read = createReadMembership(options)
  return {
    ...memberships,
    ...createBlocks(options),
    uploads: { ...createAttachments(options), ...createContent(options.loadFiles) },
    read,
    directRoomId,
    commit: createCommit({ ...options, forgetDeletedRooms }),
    storeRoom: createStoreRoom({ ...options, forgetDeletedRooms }),
    countUnread: createCountUnread(options),
    readMembers: createReadMembers(options),
    readOnline: createReadOnline(options),
    storeNotifyLevel: createStoreNotifyLevel(options),
    storePseudonymisation: createPseudonymisations(options).storePseudonymisation,
    history: {
      readMessages: createReadMessages(options),
      readMessage: createReadMessage(options),
      readReplies: createReadReplies(options),
      readOwnReactions: createReadOwnReactions(options),
      readEvents: createReadEvents(options),
    },
    async ping(signal) {
      await read({ tenant: '', room: '', user: '' }, signal)
    },
  }
}
