import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { isInterrupted, throwIfInterrupted } from '../support/interruption.ts'
import { isAlive, poll, stopProcess, tail } from '../support/processes.ts'
import { pythonPackages } from '../support/python-packages.ts'
import { type LocalCloud, REGION, ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { readEngineStatus, removeEngineState, writeEngineState } from './engine-state.ts'
import { modestNode } from './modest-node.ts'
import { forgetStreamPositions } from './stream-positions.ts'

/** Its path contains the engine's name, by which `engine-state.ts` knows the process. */
const LAUNCHER = join(import.meta.dirname, 'ministack-launcher.py')
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')
/** The time limit of a start, which takes half a second; a busy machine may take longer. */
const START_TIMEOUT_MS = 30_000
/** The time limit of a stop: the engine then writes its data, and a stuck function may delay it by some seconds. */
const STOP_TIMEOUT_MS = 15_000

/** Its name and version, as in `ministack 1.5.33`. */
export function pinnedEngine(): string {
  const version = /^ministack==(\S+)$/m.exec(readFileSync(REQUIREMENTS, 'utf8'))?.[1]
  return `ministack ${version}`
}

/**
 * Starts MiniStack unless this project already runs it on the port. One of another version or mode is restarted; its
 * data stays, except over a change of version.
 *
 * @throws UserError when the port is taken, Python is missing, or the engine doesn't start or doesn't answer.
 */
export async function startMiniStack(cloud: LocalCloud): Promise<void> {
  const known = readEngineStatus(cloud)
  if (known.kind === 'running') {
    if (!(await isHealthy(cloud.endpoint))) {
      throw new UserError(
        `The local cloud on port ${cloud.port} (process ${known.state.pid}) does not answer: run "npm run down", then try again.`,
      )
    }
    if (known.state.engine === pinnedEngine() && known.state.auth === cloud.auth) return
    await stopMiniStack(cloud)
  }
  if (known.kind === 'gone') {
    console.log('  It ended without "npm run down": data written since its last start is lost.')
    removeEngineState(cloud)
  }
  if (await isPortTaken(cloud.port)) {
    throw new UserError(
      `Port ${cloud.port} is used by another program: stop it, or choose another port, as in STACKYARD_PORT=4570 npm start.`,
    )
  }
  const { python, env } = await pythonPackages(REQUIREMENTS)
  await launch(cloud, python, env)
}

/** Stops the engine that this project started on the port, if any; its data is kept. */
export async function stopMiniStack(cloud: LocalCloud): Promise<'stopped' | 'killed' | 'not-running'> {
  const known = readEngineStatus(cloud)
  if (known.kind === 'running') {
    const how = await stopProcess(known.state.pid, STOP_TIMEOUT_MS)
    removeEngineState(cloud)
    return how === 'ended' ? 'stopped' : 'killed'
  }
  removeEngineState(cloud)
  return 'not-running'
}

/** Checks whether a LocalStack-compatible endpoint answers. */
export function isHealthy(endpoint: string): Promise<boolean> {
  return answers(`${endpoint}/_localstack/health`)
}

/** Checks whether an endpoint is MiniStack, whoever started it: the corrections apply to MiniStack only. */
export function isMiniStack(endpoint: string): Promise<boolean> {
  return answers(`${endpoint}/_ministack/health`)
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(3_000) })).ok
  } catch {
    return false
  }
}

async function launch(cloud: LocalCloud, python: string, env: NodeJS.ProcessEnv): Promise<void> {
  forgetStreamPositions(join(dataDirectory(cloud), 'state', 'lambda.json'))
  const logFile = join(cloud.directory, 'engine.log')
  // Functions are unpacked outside of the project: inside, they would find its packages (and its package.json, which
  // makes scripts modules) and work here although they fail on AWS.
  const temporary = mkdtempSync(join(tmpdir(), 'stackyard-'))
  const log = openSync(logFile, 'w')
  const child = spawn(python, [LAUNCHER], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: cloud.directory,
    env: { ...engineEnvironment(cloud, temporary), ...env },
  })
  closeSync(log)
  const { pid } = child
  if (pid === undefined) {
    rmSync(temporary, { recursive: true, force: true })
    throw new UserError(`Python could not be started from ${python}.`)
  }
  child.unref()
  writeEngineState(cloud, { pid, engine: pinnedEngine(), auth: cloud.auth, temporary })
  const isDecided = async () => isInterrupted() || !isAlive(pid) || (await isHealthy(cloud.endpoint))
  const isUp = (await poll(isDecided, START_TIMEOUT_MS)) && isAlive(pid)
  if (isUp && !isInterrupted()) return
  await stopMiniStack(cloud)
  throwIfInterrupted()
  throw new UserError(`The local cloud did not start on port ${cloud.port}; the end of its log:\n${tail(logFile, 5)}`)
}

/** The folder of the engine's data; another version starts without data. */
function dataDirectory(cloud: LocalCloud): string {
  return join(cloud.directory, pinnedEngine().replace(' ', '-'))
}

/**
 * Passes only the variables that it needs: the user's settings for AWS, Docker or Node must not reach the functions.
 */
function engineEnvironment(cloud: LocalCloud, temporary: string): NodeJS.ProcessEnv {
  const data = dataDirectory(cloud)
  const node = join(ROOT, 'node_modules', 'node', 'bin', 'node')
  return {
    PATH: [modestNode(join(temporary, 'bin'), node), process.env.PATH].join(delimiter),
    HOME: process.env.HOME,
    LANG: 'C.UTF-8',
    TMPDIR: temporary,
    GATEWAY_PORT: String(cloud.port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_REGION: REGION,
    AUTH: String(cloud.auth),
    LAMBDA_EXECUTOR: 'local',
    LAMBDA_ASYNC_RETRY_BASE_SECONDS: '0.2',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // The engine would look for containers to remove; there are none of ours.
    DOCKER_HOST: 'unix:///nonexistent',
    PERSIST_STATE: '1',
    STATE_DIR: join(data, 'state'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(data, 's3'),
    NODE_OPTIONS: '--disable-warning=DEP0169',
  }
}

function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
