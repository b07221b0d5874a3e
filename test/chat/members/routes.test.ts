import { newMember } from '../../../functions/chat/domain/member.ts'
import { changeMembers } from '../../../functions/chat/members/change-member.ts'
import { setNotifyLevel } from '../../../functions/chat/members/notify.ts'
import { memberRoutes } from '../../../functions/chat/members/routes.ts'
import { createCursors } from '../../../functions/shared/http/cursor.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { httpEvent, jsonEvent, lambdaContext } from '../../support/events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { aRoom, aSituation } from '../situation.ts'

const ROOM = aRoom({ owners: 2, members: 2 })
const ANN = newMember('ann', { role: 'owner', joined: 1 })
const BOB = newMember('bob', { role: 'owner', joined: 2 })
const SITUATION = aSituation({
  actor: ANN,
  room: ROOM,
  records: [
    [{ record: 'member', user: 'bob' }, BOB],
    [
      { record: 'ban', user: 'mia' },
      { by: 'ann', at: 1 },
    ],
  ],
})

/** Creates the routes over a room that `ann` and `bob` own, and from which `mia` is banned. */
function api() {
  const written: string[] = []
  const read = async ({ user }: { user: string }) => ({ room: ROOM, member: user === 'bob' ? BOB : ANN })
  const key = { id: 'v1', secret: 'a-secret-of-32-characters-or-more' }
  const routes = memberRoutes({
    ...changeMembers({
      async commit({ decide }) {
        const decision = decide(SITUATION)
        if (decision.outcome === 'refused') return decision
        if (decision.outcome === 'change') written.push(decision.content.type)
        return { outcome: 'committed', seq: 8, at: 0, dup: decision.outcome === 'unchanged' }
      },
      read,
    }),
    list: async () => undefined,
    setNotifyLevel: setNotifyLevel({
      read,
      async store({ level }) {
        written.push(level)
        return 'stored'
      },
    }),
    cursors: createCursors({ keys: { signingKey: async () => key, verifyingKey: async () => key }, randomBytes }),
    tenancy: 'multi',
  })
  const handler = httpHandler({ ...silentTelemetry(), routes })

  /** Asks as `ann`. */
  async function put({ path, user = '', json }: Asked, headers: Record<string, string> = {}) {
    const claims = { sub: 'ann', tenant: 'acme', scope: 'chat' }
    const common = { routeKey: `PUT /v1/rooms/{id}/${path}`, params: { id: 'tea', user }, claims, headers }
    const { statusCode, body } = await handler(
      json ? jsonEvent({ ...common, json }) : httpEvent(common),
      lambdaContext(),
    )
    return { status: statusCode, code: body === undefined ? undefined : JSON.parse(body).code }
  }
  return { put, written }
}

interface Asked {
  path: string
  user?: string
  json?: object
}

const THERE: Asked[] = [
  { path: 'members/{user}', user: 'bob', json: { role: 'member' } },
  { path: 'bans/{user}', user: 'mia' },
  { path: 'notify', json: { level: 'none' } },
]

test.each(THERE)('PUT of $path with If-None-Match: * leaves what is there, and gets 412', async (asked) => {
  const { put, written } = api()
  expect(await put(asked, { 'if-none-match': '*' })).toEqual({ status: 412, code: 'precondition-failed' })
  expect(written).toEqual([])
})

test.each(
  THERE,
)('PUT of $path takes what is there without a condition, or with a tag that it hasn’t', async (asked) => {
  const { put } = api()
  for (const headers of [undefined, { 'if-none-match': '"v1"' }]) {
    expect([200, 204]).toContain((await put(asked, headers)).status)
  }
})

test('If-None-Match: * bans a user who isn’t banned', async () => {
  const { put, written } = api()
  expect(await put({ path: 'bans/{user}', user: 'zoe' }, { 'if-none-match': '*' })).toMatchObject({ status: 204 })
  expect(written).toEqual(['member'])
})
