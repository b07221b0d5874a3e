import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { pageBundler } from '../../../tools/console/bundle.ts'
import { localServices, localState } from '../../../tools/console/local-services.ts'
import { createConsoleServer, hostOf } from '../../../tools/console/server.ts'
import { localCloud } from '../../../tools/support/settings.ts'

export interface ConsoleWorld {
  /** The URL with the secret. */
  url: () => string
  /** Starts the server again on the port that it had. */
  start: () => Promise<void>
  /** Ends the server and its connections, as if it was killed. */
  cut: () => void
}

/** Serves the console of the local cloud that the tests run against; ends after the file. */
export function useConsole(): ConsoleWorld {
  const secret = randomBytes(16).toString('hex')
  const cloud = localCloud()
  const page = pageBundler()
  const local = localServices(cloud)
  let server: Server | undefined
  let port = 0
  const cut = () => {
    server?.close()
    server?.closeAllConnections()
  }
  const start = async () => {
    server = createConsoleServer({ secret, page, state: () => localState(cloud), local: async () => local })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = Number(hostOf(server).split(':')[1])
  }
  beforeAll(start)
  afterAll(async () => {
    cut()
    await local.live.close()
  })
  return { url: () => `http://127.0.0.1:${port}/?secret=${secret}`, start, cut }
}
