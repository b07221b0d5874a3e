import { once } from 'node:events'
import type { Server } from 'node:http'
import { processStart } from '../support/processes.ts'
import { localCloud } from '../support/settings.ts'
import { pageBundler } from './bundle.ts'
import { portsToTry, readRecord, writeRecord } from './process.ts'
import { createConsoleServer, hostOf, type LocalServices } from './server.ts'

// The program of the console's process, which `npm start` starts and `npm run down` ends.
const cloud = localCloud()
const record = readRecord(cloud)
if (!record) throw new Error('There is no record with a secret.')

// The clients of AWS are loaded when a page is open: `npm start` waits for this process.
const load = () => import('./local-services.ts')
let local: Promise<LocalServices> | undefined

const server = createConsoleServer({
  secret: record.secret,
  page: pageBundler(),
  state: async () => (await load()).localState(cloud),
  local() {
    local ??= load().then(({ localServices }) => localServices(cloud))
    return local
  },
})

await listen(server, portsToTry(cloud, record.port))
const { pid } = process
const port = Number(hostOf(server).split(':')[1])
writeRecord(cloud, { ...record, port, process: { pid, start: processStart(pid) } })

process.on('SIGTERM', async () => {
  server.close()
  server.closeAllConnections()
  await (await local)?.live.close()
  process.exit(0)
})

async function listen(target: Server, ports: readonly number[]): Promise<void> {
  for (const each of ports) {
    try {
      target.listen(each, '127.0.0.1')
      await once(target, 'listening')
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}
