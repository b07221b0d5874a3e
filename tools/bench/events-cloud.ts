import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { stopMiniStack } from '../local-cloud/ministack.ts'
import type { StackOutputs } from '../local-cloud/outputs.ts'
import { LOCAL, type LocalCloud, localCloudOnPort } from '../local-cloud/settings.ts'
import { up } from '../local-cloud/up.ts'
import { freePort } from '../test/free-port.ts'

/** Deploys one stack to a local cloud of its own, on a free port and with nothing in it, which is gone afterwards. */
export async function onOwnCloud<Result>(
  stack: string,
  measure: (cloud: LocalCloud, outputs: StackOutputs) => Promise<Result>,
): Promise<Result> {
  const port = await freePort()
  const directory = join(LOCAL, String(port))
  const cloud: LocalCloud = {
    ...localCloudOnPort(),
    port,
    endpoint: `http://127.0.0.1:${port}`,
    auth: false,
    directory,
  }
  try {
    const { stacks } = await up(cloud, { stacks: [stack], latest: false })
    return await measure(cloud, stacks[stack] ?? {})
  } finally {
    await stopMiniStack(cloud)
    rmSync(directory, { recursive: true, force: true })
  }
}
