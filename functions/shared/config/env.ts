import type { Tenancy } from '../auth/principal.ts'

/**
 * Reads a variable that the stack sets. Call it while the function initialises, so that a missing variable fails the
 * first invocation after a deployment, and not one request in a thousand.
 *
 * @throws Error naming the variable when it is absent or empty.
 */
export function requiredEnv(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`The environment variable ${name} is not set: the stack must pass it to this function.`)
  return value
}

/** Reads a variable that may be absent; an empty one counts as absent. */
export function optionalEnv(name: string): string | undefined {
  return process.env[name] || undefined
}

/** Reads which tenancy the app was deployed with, from the variable `TENANCY`. @default multi */
export function tenancyOfEnvironment(): Tenancy {
  return optionalEnv('TENANCY') === 'single' ? 'single' : 'multi'
}
