import { UserError } from '../user-error.ts'
import { isHealthy } from './ministack.ts'
import { type LocalCloud, localCloud } from './settings.ts'

/**
 * The local cloud that a command asks about.
 *
 * @throws UserError when it isn't running.
 */
export async function runningCloud(): Promise<LocalCloud> {
  const cloud = localCloud()
  if (await isHealthy(cloud.endpoint)) return cloud
  throw new UserError(`No local cloud answers at ${cloud.endpoint}: "npm start" starts one.`)
}
