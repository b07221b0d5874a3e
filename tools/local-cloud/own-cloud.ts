import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { LOCAL, type LocalCloud, localCloudOnPort } from '../support/settings.ts'
import { freePort } from '../test/free-port.ts'
import { stopMiniStack } from './ministack.ts'
import type { Outputs } from './outputs.ts'
import { type UpOptions, up } from './up.ts'

/** Deploys to a new, empty local cloud on a free port, and removes it afterwards in any case. */
export async function onOwnCloud<Result>(
  { auth, ...options }: Pick<UpOptions, 'stacks'> & { auth: boolean },
  use: (cloud: LocalCloud, outputs: Outputs) => Promise<Result>,
): Promise<Result> {
  const port = await freePort()
  const directory = join(LOCAL, String(port))
  const cloud = { ...localCloudOnPort(), port, endpoint: `http://127.0.0.1:${port}`, auth, directory }
  try {
    return await use(cloud, await up(cloud, { ...options, latest: false }))
  } finally {
    await stopMiniStack(cloud)
    rmSync(directory, { recursive: true, force: true })
  }
}
