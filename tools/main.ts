import { catchInterruptions, Interrupted } from './support/interruption.ts'
import { stopChildren } from './support/processes.ts'
import { UserError } from './support/user-error.ts'

/** The commands, each loaded on demand: `npm run token` need not load the dependencies of `npm test`. */
const COMMANDS: Record<string, (args: string[]) => Promise<void>> = {
  start: async (args) => (await import('./local-cloud/up.ts')).upCommand(args),
  up: async (args) => (await import('./local-cloud/up.ts')).upCommand(args),
  down: async () => (await import('./local-cloud/down.ts')).down(),
  reset: async () => (await import('./local-cloud/reset.ts')).reset(),
  console: async (args) => (await import('./console/console.ts')).consoleCommand(args),
  status: async () => (await import('./local-cloud/status.ts')).status(),
  logs: async (args) => (await import('./local-cloud/logs.ts')).logs(args),
  redrive: async (args) => (await import('./redrive/redrive.ts')).redrive(args),
  token: async (args) => (await import('./local-cloud/token.ts')).token(args),
  smoke: async (args) => (await import('./smoke/smoke.ts')).smoke(args),
  cost: async (args) => (await import('./cost/cost.ts')).cost(args),
  scale: async (args) => (await import('./scale/scale.ts')).scale(args),
  guarantees: async () => (await import('./guarantees/guarantees.ts')).guarantees(),
  bench: async (args) => (await import('./bench/bench.ts')).bench(args),
  fork: async (args) => (await import('./fork/fork.ts')).forkCommand(args), // not in a fork
  chaos: async (args) => (await import('./chaos/chaos.ts')).chaos(args),
  mutation: async (args) => (await import('./mutation/mutation.ts')).mutation(args),
  openapi: async () => (await import('./openapi/write-documents.ts')).writeDocuments(),
  diagrams: async () => (await import('./diagrams/write-diagrams.ts')).writeDiagrams(),
  test: async (args) => (await import('./test/run-tests.ts')).runTests(args),
}

/** Commands that start something, and stop it again when they are interrupted. */
const CLEANING_UP = ['start', 'up', 'console', 'test', 'bench', 'chaos', 'mutation']

async function main([name = '', ...args]: string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (CLEANING_UP.includes(name)) catchInterruptions(stopChildren)
  if (!command) throw new UserError(`There is no command "${name}": it is one of ${Object.keys(COMMANDS).join(', ')}.`)
  await command(args)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof Interrupted) process.exit(130)
  // A sentence for errors that the user can fix; a stack trace only for our bugs.
  console.error(error instanceof UserError ? `✖ ${error.message}` : error)
  process.exitCode = 1
}
