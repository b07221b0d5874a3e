import type { Table } from '../../shared/data/table.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { PushLive } from '../domain/live.ts'
import { createPushLive } from '../live/push.ts'
import { createConnectionStore } from './connections.ts'

/** Creates what tells the live connections of users, with a client that is loaded once there is one to tell. */
export function pushLiveOfRuntime(runtime: Pick<Runtime, 'now' | 'random' | 'logger'> & { table: Table }): PushLive {
  const { table, now, logger } = runtime
  return createPushLive({
    connections: createConnectionStore({ ...table, now }),
    loadPost: async () => (await import('../../shared/aws/connections.ts')).connectionsOfEnvironment(runtime).post,
    onFailure: (error) => logger.warn('live message not sent', { error }),
  })
}
