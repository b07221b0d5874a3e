import type { Clock } from '../shared/clock.ts'
import type { StartTimer } from '../shared/resilience/timer.ts'
import type { SocketHandlerOptions } from '../shared/websocket/socket-handler.ts'
import { type AnnounceDeps, createAnnounce } from './connect/announce.ts'
import { type ConnectDeps, createConnect } from './connect/connect.ts'
import { createDisconnect, type DisconnectDeps } from './connect/disconnect.ts'
import { createKeepRegistered } from './connect/keep-registered.ts'
import type { FindContent } from './domain/attachment.ts'
import type { Commit } from './domain/commit.ts'
import type { SetWatched } from './domain/watcher.ts'
import { createPace } from './pace.ts'
import { createPostFrames, type PostFramesDeps } from './post-frames.ts'
import { presenceActions } from './presence/actions.ts'
import { createAskToReconnect } from './presence/ask-to-reconnect.ts'
import { createPing, type PingDeps } from './presence/ping.ts'
import { createPostToAll, type PostToAllDeps } from './presence/post-to-all.ts'
import { createRead, type ReadDeps } from './presence/read.ts'
import { createTyping, type TypingDeps } from './presence/typing.ts'
import { resumeAction } from './resume/action.ts'
import { createResume, type ResumeDeps } from './resume/resume.ts'
import { messageActions } from './send/actions.ts'
import { deleteMessage } from './send/delete-message.ts'
import { editMessage } from './send/edit-message.ts'
import { react } from './send/react.ts'
import { sendMessage } from './send/send-message.ts'

/** All that the functions of connections read and write: `createSocketStore` makes it. */
export interface SocketStore
  extends Pick<ConnectDeps, 'put' | 'list' | 'remove' | 'listMemberships' | 'register'>,
    Pick<DisconnectDeps, 'get' | 'deregister'>,
    Pick<ResumeDeps, 'readRoomStates' | 'readEvents'>,
    Pick<PingDeps, 'touch'>,
    Pick<ReadDeps, 'markRead' | 'readMembership' | 'listWatchers'>,
    Pick<PostToAllDeps, 'removeWatcher'>,
    Pick<TypingDeps, 'takeTyping'> {
  commit: Commit
  findContent: FindContent
  setWatched: SetWatched
}

export interface SocketStepsOptions extends Omit<PostFramesDeps, 'now'> {
  store: SocketStore
  /** Closes a connection, if it is open. */
  close: ConnectDeps['close']
  /** Frames of a `resume` a second. */
  perSecond: number
  startTimer: StartTimer
  loadCheckLater: AnnounceDeps['loadCheckLater']
  now: Clock
}

/** Builds all that happens when a connection opens, sends a frame, and closes. */
export function socketSteps(
  options: SocketStepsOptions,
): Pick<SocketHandlerOptions, 'actions' | 'connect' | 'disconnect'> {
  const { store, perSecond, startTimer, now } = options
  const announce = createAnnounce(options)
  const connect = createConnect({ ...store, ...options, announce })
  const disconnect = createDisconnect({ ...store, announce })
  const keepRegistered = createKeepRegistered({ ...store, connect })
  const postToAll = createPostToAll({ ...store, ...options })
  const presence = { ...store, listConnections: store.list, postToAll, now }
  const resume = createResume({
    ...store,
    postFrames: createPostFrames(options),
    createPace: () => createPace({ perSecond, now, startTimer }),
    now,
  })
  return {
    connect: ({ connection, signal }) => connect(connection, signal),
    disconnect: ({ connection, signal }) => disconnect(connection, signal),
    actions: keepRegistered({
      ...messageActions({
        send: sendMessage(store),
        edit: editMessage(store.commit),
        remove: deleteMessage(store.commit),
        react: react(store.commit),
      }),
      ...presenceActions({
        ...store,
        ping: createPing({ ...presence, askToReconnect: createAskToReconnect(options) }),
        read: createRead(presence),
        typing: createTyping(presence),
      }),
      resume: resumeAction(resume),
    }),
  }
}
