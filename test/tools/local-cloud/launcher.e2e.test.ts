import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTickets } from '../../../functions/shared/auth/tickets.ts'
import { pinnedEngine } from '../../../tools/local-cloud/ministack.ts'
import { pythonPackages } from '../../../tools/support/python-packages.ts'
import { ROOT } from '../../../tools/support/settings.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { useSockets } from '../../support/socket.ts'
import { useWebSocketStack } from '../../support/websocket-stack.ts'

const TOOL = join(ROOT, 'tools/local-cloud')
const LAUNCHER = join(TOOL, 'ministack-launcher.py')

/** Runs a program in Python with the engine's packages, and returns what it prints as JSON. */
async function inPython(program: string, argument: string): Promise<unknown> {
  const { python, env } = await pythonPackages(join(TOOL, 'requirements.txt'))
  const { stdout } = await promisify(execFile)(python, ['-c', program, argument], { env: { ...process.env, ...env } })
  return JSON.parse(stdout)
}

/**
 * Looks at the engine as it is, then as it is corrected: whether two events of a function get the same worker, how many
 * times of connection the events of a connection have, and which lines of an invocation are logged if the thread that
 * reads them is late.
 */
const PROBE = `
import json, os, runpy, sys, threading, time, types
from ministack.core import lambda_runtime
from ministack.services import apigateway

CONFIG = {"FunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:f"}

def connected_at(event_type):
    time.sleep(0.01)
    return apigateway._ws_request_context("api", "route", "live", "connection", event_type, "id", "ip", {})["connectedAt"]

def logged():
    worker = lambda_runtime.Worker("f", CONFIG, b"")
    reader, writer = os.pipe()
    os.write(writer, b"a line\\n")
    worker._proc = types.SimpleNamespace(stderr=os.fdopen(reader))
    read = lambda: worker._stderr_queue.put(worker._proc.stderr.readline().rstrip())
    threading.Timer(0.3, read).start()
    return worker._drain_stderr_bounded()

def look():
    first, second = (lambda_runtime.get_or_create_worker("f", CONFIG, b"") for _ in range(2))
    times = {connected_at(event_type) for event_type in ("CONNECT", "MESSAGE", "DISCONNECT")}
    return [first is second, len(times), logged()]

as_it_is = look()
runpy.run_path(sys.argv[1])["correct"]()
print(json.dumps([as_it_is, look()]))
`

test('the engine still gives all events of a function to one worker, each a time of connection of its own, and loses lines', async () => {
  expect(await inPython(PROBE, LAUNCHER)).toEqual([
    [true, 3, ''],
    [false, 1, 'a line'],
  ])
})

test('the launcher corrects the pinned version, and no other', () => {
  const source = readFileSync(LAUNCHER, 'utf8')
  expect(`ministack ${/^CORRECTED = "(.+)"$/m.exec(source)?.[1]}`).toBe(pinnedEngine())
})

describe('events of a WebSocket API', () => {
  setFunctionEnvironment()
  const client = patientDynamoDB()
  const stack = useWebSocketStack()
  const open = useSockets()
  const connect = async () => {
    const tickets = createTickets({ client, tableName: stack().tableName, now: Date.now, randomBytes })
    const holder = { tenant: 'acme', user: 'user-1', scopes: new Set<string>() }
    return open(stack().url, await tickets.issue(holder, new AbortController().signal))
  }

  test('are handled side by side, up to eight at a time', async () => {
    const sockets = await Promise.all(Array.from({ length: 10 }, connect))
    const acks = await Promise.all(sockets.map((socket) => socket.send('pause', { ms: 1000 })))
    const most = Math.max(
      ...acks.map(({ from }) => acks.filter((other) => other.from <= from && from < other.to).length),
    )
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(8)
  })

  test('are in the function’s log', async () => {
    const socket = await connect()
    const { connectionId } = await socket.send('who')
    await eventually(async () => {
      const lines = await stack().logLines('Sockets')
      expect(lines.filter((line) => line.includes(connectionId) && line.includes('"action":"who"'))).toHaveLength(1)
    })
  })
})
