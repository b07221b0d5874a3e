import type { Ask, Journey, JourneyContext } from '../shared/journey.ts'

export const scope = 'links:read links:write'

/** In ms. The index, and a redirect's read, are eventually consistent: on AWS mostly within a second. */
const EVENTUALLY = 15_000

const FIRST_TARGET = 'https://example.com/?from=smoke'
const NEXT_TARGET = 'https://example.org/?from=smoke'

/** Two links of a tag of their own: the names are known before the links are made, so that none is lost. */
export const journey = ({ ask, unique }: JourneyContext): Journey => {
  const tag = `smoke-${unique}`
  const [first, second] = [`${tag}-1`, `${tag}-2`]
  const path = `/v1/links/${first}`
  const left = new Set<string>()
  const versions: string[] = []

  const create = (alias: string, more: Partial<Ask> = {}) => {
    left.add(alias)
    return ask({
      method: 'POST',
      path: '/v1/links',
      body: { url: FIRST_TARGET, alias, tags: [tag] },
      expect: {
        status: 201,
        headers: { etag: /./, location: new RegExp(`/v1/links/${alias}$`) },
        body: { is: 'the link', holds: ({ code, url }) => code === alias && url === FIRST_TARGET },
      },
      ...more,
    })
  }
  const keyed = { headers: { 'idempotency-key': tag } }
  const follow = (target: string, more: Partial<Ask> = {}) =>
    ask({ path: `/${first}`, anonymous: true, expect: { status: 302, headers: { location: target } }, ...more })
  const list = (query: string, alias: string) =>
    ask({
      path: `/v1/links?tag=${tag}&limit=1${query}`,
      within: EVENTUALLY,
      expect: { status: 200, body: { is: `the link ${alias}`, holds: ({ items }) => items[0].code === alias } },
    })
  const change = (body: object, version: string | undefined, status: number) =>
    ask({ method: 'PATCH', path, body, headers: { 'if-match': version ?? '' }, expect: { status } })
  const versionOf = ({ headers }: { headers: Headers }) => headers.get('etag') ?? ''

  const steps = {
    'is well': () =>
      ask({ path: '/health', anonymous: true, expect: { status: 200, body: { is: 'ok', holds: isWell } } }),
    // First of all that need the token: when it is refused, nothing was made that can't be deleted.
    'takes the token': () => ask({ path: '/v1/links?limit=1', expect: { status: 200 } }),
    'makes no link without a token': () => create(first, { anonymous: true, expect: { status: 401 } }),
    'makes a link': async () => versions.push(versionOf(await create(first, keyed))),
    'answers a repeat with the same link': () =>
      create(first, { ...keyed, expect: { status: 201, headers: { etag: versions[0] ?? '' } } }),
    'gets the link': () =>
      ask({ path, expect: { status: 200, body: { is: 'the link', holds: ({ code }) => code === first } } }),
    'makes a second link': () => create(second),
    'lists both, in two pages': async () => {
      const { json } = await list('', second)
      await list(`&cursor=${json.nextCursor}`, first)
    },
    'sends a visitor to the target': () => follow(FIRST_TARGET),
    'tells a visitor the target without going there': () => follow(FIRST_TARGET, { method: 'HEAD' }),
    'changes the link as it was read': async () =>
      versions.push(versionOf(await change({ url: NEXT_TARGET }, versions[0], 200))),
    'refuses a change of an older version': () => change({ title: 'late' }, versions[0], 412),
    'sends a visitor to the new target': () => follow(NEXT_TARGET, { within: EVENTUALLY }),
    'deletes the link': () =>
      ask({ method: 'DELETE', path, headers: { 'if-match': versions[1] ?? '' }, expect: { status: 204 } }),
    'tells a visitor that it was deleted': () =>
      ask({ path: `/${first}`, anonymous: true, expect: { status: 410 }, within: EVENTUALLY }),
    'has no such link any more': () => ask({ path, expect: { status: 404 } }),
  }
  return {
    steps: Object.entries(steps).map(([name, run]) => ({ name, run: async () => void (await run()) })),
    cleanUp: async () => {
      const removals = [...left].map((code) =>
        ask({ method: 'DELETE', path: `/v1/links/${code}`, expect: { status: [204, 404] } }),
      )
      await Promise.all(removals)
    },
  }
}

function isWell({ status }: { status: unknown }): boolean {
  return status === 'ok'
}
