import { parseArgs } from 'node:util'
import { localCloudOnPort } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { signToken } from './issuer.ts'

const USAGE = 'npm run -s token -- --sub user-1 --tenant acme --scope "links:read links:write"'

/** `npm run -s token -- --sub <sub> [--tenant <tenant>] --scope "<scopes>"`: prints a JWT for the local APIs. */
export async function token(args: string[]): Promise<void> {
  const { sub, tenant, scope } = parse(args)
  if (!sub || scope === undefined) throw new UserError(`--sub and --scope are required, as in: ${USAGE}`)
  if (tenant === '') throw new UserError(`--tenant "" names no tenant: leave it out for a token without one.`)
  console.log(await signToken(localCloudOnPort(), { sub, tenant, scope }))
}

function parse(args: string[]) {
  const option = { type: 'string' } as const
  try {
    return parseArgs({ args, options: { sub: option, tenant: option, scope: option } }).values
  } catch (error) {
    throw new UserError(`${(error as Error).message} Usage: ${USAGE}`)
  }
}
