import { createConnect } from '../../../functions/chat/connect/connect.ts'
import { createDisconnect } from '../../../functions/chat/connect/disconnect.ts'
import { createKeepRegistered } from '../../../functions/chat/connect/keep-registered.ts'
import type { LiveConnection } from '../../../functions/chat/domain/live-connection.ts'
import { socketContext } from '../../support/socket-events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const { signal } = new AbortController()

function connectionOf(connectionId: string, connectedAt: number): LiveConnection {
  return { tenant: 'acme', user: 'ann', connectionId, connectedAt }
}

/** The records of Ann's connections in memory, and the steps in their order. */
function connectWorld(before: LiveConnection[] = [], failing: string[] = []) {
  const records = new Map(before.map((connection) => [connection.connectionId, connection]))
  const steps: string[] = []
  const step = async (name: string) => {
    steps.push(name)
    if (failing.includes(name)) throw new Error(`${name} failed`)
  }
  const { telemetry, lines } = recordedTelemetry()
  const deps = {
    async put(connection: LiveConnection) {
      await step('put')
      records.set(connection.connectionId, connection)
    },
    list: async () => [...records.values()],
    async remove({ connectionId }: LiveConnection) {
      await step(`remove ${connectionId}`)
      records.delete(connectionId)
    },
    get: async ({ connectionId }: LiveConnection) => {
      const record = records.get(connectionId)
      return record && { ...record, seenAt: 0, watched: ['room-2'] }
    },
    removeWatcher: ({ room }: { room: string }) => step(`remove watcher of ${room}`),
    async listMemberships() {
      await step('list memberships')
      return ['room-1', 'room-2']
    },
    async register(_: LiveConnection, rooms: readonly string[]) {
      await step(`register ${rooms}`)
      return new Map()
    },
    deregister: (_: LiveConnection, rooms: readonly string[]) => step(`deregister ${rooms}`),
    close: (connectionId: string) => step(`close ${connectionId}`),
    announce: ({ connectionId }: { connectionId?: string | undefined }) =>
      step(`announce ${connectionId ?? 'the user'}`),
    now: () => 0,
    logger: telemetry.logger,
  }
  return { deps, records, steps, lines }
}

test('the record of a connection is stored before the memberships are read, and then it is registered', async () => {
  const { deps, steps } = connectWorld()
  await createConnect(deps)(connectionOf('c1', 1), signal)
  expect(steps).toEqual(['put', 'list memberships', 'register room-1,room-2', 'announce c1'])
})

test('the oldest connections beyond ten are closed', async () => {
  const before = Array.from({ length: 11 }, (_, index) => connectionOf(`c${index}`, index))
  const { deps, records, steps } = connectWorld(before)
  await createConnect(deps)(connectionOf('new', 100), signal)
  expect(steps.filter((step) => step.startsWith('close'))).toEqual(['close c1', 'close c0'])
  expect([...records.keys()]).toEqual(['c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9', 'c10', 'new'])
})

test('a connection that can’t be closed refuses no other', async () => {
  const before = Array.from({ length: 10 }, (_, index) => connectionOf(`c${index}`, index))
  const { deps, lines } = connectWorld(before, ['close c0'])
  await createConnect(deps)(connectionOf('new', 100), signal)
  expect(lines).toMatchObject([{ message: 'connection left open', connection_id: 'c0' }])
})

test.each([
  'put',
  'list memberships',
  'register room-1,room-2',
])('a failure of "%s" refuses the connection', async (step) => {
  const { deps } = connectWorld([], [step])
  await expect(createConnect(deps)(connectionOf('c1', 1), signal)).rejects.toThrow(`${step} failed`)
})

test('a closed connection loses its record first, and then its place in every room', async () => {
  const { deps, steps } = connectWorld([connectionOf('c1', 1)])
  await createDisconnect(deps)(connectionOf('c1', 1), signal)
  expect(steps).toEqual([
    'remove c1',
    'announce the user',
    'remove watcher of room-2',
    'list memberships',
    'deregister room-1,room-2',
  ])
})

describe('a frame', () => {
  const run = async (record: { vanished?: boolean } | undefined) => {
    const steps: string[] = []
    const keep = createKeepRegistered({
      get: async () => record,
      async connect() {
        steps.push('connect')
      },
    })
    const actions = keep({
      async greet({ fields }) {
        steps.push('greet')
        return { ok: true, ...fields }
      },
    })
    const ack = await actions.greet?.({ id: 'a', action: 'greet', fields: { name: 'you' } }, socketContext())
    return { steps, ack }
  }

  test('of a connection that was forgotten registers it again, before it has its effect', async () => {
    expect(await run(undefined)).toEqual({ steps: ['connect', 'greet'], ack: { ok: true, name: 'you' } })
  })

  test('of a connection that seemed to have vanished registers it again', async () => {
    expect((await run({ vanished: true })).steps).toEqual(['connect', 'greet'])
  })

  test('of a known connection only has its effect', async () => {
    expect(await run({})).toEqual({ steps: ['greet'], ack: { ok: true, name: 'you' } })
  })
})
