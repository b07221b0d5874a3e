import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join, resolve } from 'node:path'
import { isAlive, poll } from '../../../tools/support/processes.ts'
import { freePort } from '../../../tools/test/free-port.ts'
import { Checkout, type Result } from '../../support/checkout.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
let checkout: Checkout
let port: number
let env: NodeJS.ProcessEnv

beforeAll(() => {
  checkout = new Checkout()
})
beforeEach(async () => {
  port = await freePort()
  env = { STACKYARD_PORT: String(port) }
})
afterEach(async () => {
  await checkout.run(['down'], env)
})
afterAll(() => checkout.remove())

const engineFile = () => checkout.path(`.local/${port}/engine.json`)
const enginePid = (): number => JSON.parse(readFileSync(engineFile(), 'utf8')).pid

/** Expects one sentence on stderr, a failing exit code, and no remaining process or lock. */
function expectOneSentence({ code, stderr }: Result, sentence: RegExp): void {
  expect(stderr.trimEnd()).toMatch(sentence)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
  expect(existsSync(engineFile())).toBe(false)
  expect(existsSync(checkout.path(`.local/${port}/lock`))).toBe(false)
}

describe('up reports a problem in one sentence and leaves nothing behind', () => {
  test('a port in use by another program', async () => {
    const server = await listen(port)
    expectOneSentence(await checkout.run(['up'], env), new RegExp(`^✖ Port ${port} is used by another program: `))
    server.close()
  })

  test('an endpoint where nothing answers', async () => {
    const result = await checkout.run(['up'], { ...env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` })
    expectOneSentence(result, new RegExp(`^✖ Nothing answers at http://127.0.0.1:${port} \\(AWS_ENDPOINT_URL\\): `))
  })

  test.each([
    ['an endpoint that is AWS itself', { AWS_ENDPOINT_URL: 'https://dynamodb.eu-west-1.amazonaws.com' }, /names AWS/],
    ['an endpoint that is not a URL', { AWS_ENDPOINT_URL: 'localhost' }, /^✖ AWS_ENDPOINT_URL=localhost is not a URL/],
    ['an invalid port', { STACKYARD_PORT: '70000' }, /^✖ STACKYARD_PORT=70000 is not a port/],
  ])('%s', async (_, more, sentence) => {
    expectOneSentence(await checkout.run(['up'], { ...env, ...more }), sentence)
  })

  test('an unknown stack', async () => {
    const result = await checkout.run(['up', 'UrlShortner'], env)
    expectOneSentence(result, /^✖ There is no stack "UrlShortner": the stacks are (\w+, )*UrlShortener(, \w+)*\.$/)
  })

  test('no Python, and one that is too old', async () => {
    const without = new Checkout({ pythonPackages: false })
    const bin = without.path('.local/bin')
    mkdirSync(bin)
    expectOneSentence(
      await without.run(['up'], { ...env, PATH: bin }),
      /needs Python 3\.10 or newer, and python3 is not on the PATH/,
    )
    writeFileSync(join(bin, 'python3'), '#!/bin/sh\nexit 1\n')
    chmodSync(join(bin, 'python3'), 0o755)
    const old = await without.run(['up'], { ...env, PATH: `${bin}:/bin:/usr/bin` })
    expectOneSentence(old, /needs Python 3\.10 or newer, and python3 is older/)
    expect(readdirSync(without.path('.local/python'))).toEqual(['install.log'])
    without.remove()
  })
})

describe('a stale local cloud', () => {
  test('one that hangs is reported, and down ends it', async () => {
    await checkout.run(['up'], env)
    const pid = enginePid()
    process.kill(pid, 'SIGSTOP')
    const { code, stderr } = await checkout.run(['up'], env)
    expect(code).toBe(1)
    expect(stderr).toBe(
      `✖ The local cloud on port ${port} (process ${pid}) does not answer: run "npm run down", then try again.\n`,
    )
    const down = await checkout.run(['down'], env)
    expect([down.code, down.stdout]).toEqual([0, expect.stringContaining('was killed')])
    expect(isAlive(pid)).toBe(false)
  })

  test('one that was killed is restarted', async () => {
    await checkout.run(['up'], env)
    const pid = enginePid()
    process.kill(pid, 'SIGKILL')
    const { code, stdout, stderr } = await checkout.run(['up'], env)
    expect([code, stderr]).toEqual([0, ''])
    expect(isAlive(enginePid()) && enginePid() !== pid).toBe(true)
    expect(stdout).toContain('ended without "npm run down"')
  })

  test('a state file with the process id of another program starts a new engine and leaves that program alone', async () => {
    mkdirSync(checkout.path(`.local/${port}`), { recursive: true })
    writeFileSync(engineFile(), JSON.stringify({ pid: process.pid, engine: 'ministack 1.5.33', auth: false }))
    const down = await checkout.run(['down'], env)
    expect([down.code, down.stdout]).toEqual([0, `No local cloud was running on port ${port}.\n`])
  })
})

describe('Ctrl-C', () => {
  test.each(['Starting', 'Synthesizing', 'Deploying'])('while %s stops what was started', async (moment) => {
    const command = checkout.start(['up'], env)
    await command.printed(moment)
    const pid = await startedEngine(moment)
    command.kill('SIGINT')
    const { code, stderr } = await command.result
    expect([code, stderr]).toEqual([130, ''])
    expect(existsSync(engineFile())).toBe(false)
    if (pid !== undefined) expect(isAlive(pid)).toBe(false)
  })

  test('the same happens when only the parent of the command is killed', async () => {
    // The shell takes the place of npm; `;:` keeps it from replacing itself by the command.
    const shell = spawn('sh', ['-c', `"${process.execPath}" tools/stackyard.mjs up; :`], {
      cwd: checkout.directory,
      env: { ...process.env, ...env },
      stdio: 'ignore',
    })
    expect(await poll(() => existsSync(engineFile()), 60_000)).toBe(true)
    const pid = enginePid()
    shell.kill('SIGKILL')
    expect(await poll(() => !existsSync(checkout.path(`.local/${port}/lock`)), 60_000)).toBe(true)
    expect([existsSync(engineFile()), isAlive(pid)]).toEqual([false, false])
  })

  const startedEngine = async (moment: string) => {
    if (moment === 'Starting') await poll(() => existsSync(engineFile()), 60_000)
    return existsSync(engineFile()) ? enginePid() : undefined
  }
})

test('two commands at once: the second asks to wait', async () => {
  const first = checkout.start(['up'], env)
  await first.printed('Synthesizing')
  const { code, stderr } = await checkout.run(['up'], env)
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^✖ Another command \(process \d+\) is changing the local cloud/),
  ])
  expect((await first.result).code).toBe(0)
})

describe('the entry point', () => {
  test('a Node that is too old to install the packages', async () => {
    const preload = checkout.path('.local/old-node.cjs')
    writeFileSync(
      preload,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '16.20.0' } })",
    )
    const result = await checkout.run(['up'], { ...env, NODE_OPTIONS: `--require=${preload}` })
    expectOneSentence(result, /^✖ Node 20 or newer is required to install the packages/)
  })

  test('missing packages, with a command that does not install them', async () => {
    const bare = new Checkout({ packages: false })
    expectOneSentence(
      await bare.run(['up'], env),
      /^✖ The packages are not installed: run "npm start" or "npm ci" first\.$/,
    )
    bare.remove()
  })

  test('a package "node" whose install script did not run', async () => {
    const broken = new Checkout({ packages: false })
    mkdirSync(broken.path('node_modules'))
    for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) => entry !== 'node')) {
      symlinkSync(join(ROOT, 'node_modules', name), broken.path(`node_modules/${name}`))
    }
    expectOneSentence(await broken.run(['up'], env), /^✖ The package "node" contains no Node/)
    broken.remove()
  })

  test('an unknown command, and commands for a local cloud that is not running', async () => {
    expectOneSentence(await checkout.run(['ups'], env), /^✖ There is no command "ups": it is one of start, up, /)
    for (const command of ['reset', 'logs']) {
      expectOneSentence(await checkout.run([command], env), /^✖ No local cloud answers at http:\/\/127\.0\.0\.1:\d+: /)
    }
    expect(await checkout.run(['status'], env)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing answers'),
    })
    expect(await checkout.run(['down'], env)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No local cloud'),
    })
    expectOneSentence(await checkout.run(['token', '--sub', 'me'], env), /^✖ --sub and --scope are required/)
    const noTenant = await checkout.run(['token', '--sub', 'me', '--scope', '', '--tenant', ''], env)
    expectOneSentence(noTenant, /^✖ --tenant "" names no tenant/)
    expectOneSentence(await checkout.run(['toString'], env), /^✖ There is no command "toString"/)
    expectOneSentence(await checkout.run(['test', 'toString'], env), /^✖ There is no part "toString"/)
    expectOneSentence(await checkout.run(['test', 'unit', '--fork'], env), /^✖ There is no flag "--fork"/)
    expectOneSentence(await checkout.run(['bench', 'command'], env), /^✖ There is no benchmark "command"/)
  })
})

function listen(onPort: number): Promise<Server> {
  return new Promise((resolveServer) => {
    const server = createServer((socket) => socket.destroy())
    server.listen(onPort, '127.0.0.1', () => resolveServer(server))
  })
}
