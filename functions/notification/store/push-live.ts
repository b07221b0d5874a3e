import type { Table } from '../../shared/data/table.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { PushLive } from '../domain/live.ts'
import { createPushLive } from '../live/push.ts'
import { createListedConnections } from './listed-connections.ts'

/** Creates the push to users' live connections; its client is loaded when the first connection is found. */
export function pushLiveOfRuntime(runtime: Pick<Runtime, 'now' | 'random' | 'logger'> & { table: Table }): PushLive {
  const { table, logger } = runtime
  return createPushLive({
    connections: createListedConnections(table),
    loadPost: async () => (await import('../../shared/aws/connections.ts')).connectionsOfEnvironment(runtime).post,
    onFailure: (error) => logger.warn('live message not sent', { error }),
  })
}
