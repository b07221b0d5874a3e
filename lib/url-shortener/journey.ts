import type { Ask, Journey, JourneyContext } from '../shared/journey.ts'
import { visitSteps } from './journey-visits.ts'

export const scope = 'links:read links:write'

/** In ms. The index, and a redirect's read, are eventually consistent: on AWS mostly within a second. */
const EVENTUALLY = 15_000

const FIRST_TARGET = 'https://example.com/?from=smoke'
const NEXT_TARGET = 'https://example.org/?from=smoke'

/** Milliseconds of a core: a password is hashed. */
const HASH = 100

export const coreMs = {
  'makes a link with a password': HASH,
  'refuses a wrong password': HASH,
  'takes the right password': HASH,
}

/** Links of a tag of their own: the names are known before the links are made, so that none is lost. */
export const journey = ({ ask, unique }: JourneyContext): Journey => {
  const tag = `smoke-${unique}`
  const [first, second] = [`${tag}-1`, `${tag}-2`]
  const path = `/v1/links/${first}`
  const left = new Set<string>()
  const versions: string[] = []

  /** As it is to be made, and remembered as one to delete. */
  const link = (alias: string) => {
    left.add(alias)
    return { url: FIRST_TARGET, alias, tags: [tag] }
  }
  const create = (alias: string, fields: object = {}, more: Partial<Ask> = {}) =>
    ask({
      method: 'POST',
      path: '/v1/links',
      body: { ...link(alias), ...fields },
      expect: {
        status: 201,
        headers: { etag: /./, location: new RegExp(`/v1/links/${alias}$`) },
        body: { is: 'the link', holds: ({ code, url }) => code === alias && url === FIRST_TARGET },
      },
      ...more,
    })
  const createBoth = (aliases: readonly string[]) =>
    ask({
      method: 'POST',
      path: '/v1/links/bulk',
      body: { links: aliases.map(link) },
      expect: {
        status: 207,
        body: { is: 'all links', holds: ({ results }) => aliases.every((_, index) => results[index].status === 201) },
      },
    })
  const keyed = { headers: { 'idempotency-key': tag } }
  const follow = (alias: string, target: string, more: Partial<Ask> = {}) =>
    ask({ path: `/${alias}`, anonymous: true, expect: { status: 302, headers: { location: target } }, ...more })
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
    'makes no link without a token': () => create(first, {}, { anonymous: true, expect: { status: 401 } }),
    'makes a link': async () => versions.push(versionOf(await create(first, {}, keyed))),
    'answers a repeat with the same link': () =>
      create(first, {}, { ...keyed, expect: { status: 201, headers: { etag: versions[0] ?? '' } } }),
    'gets the link': () =>
      ask({ path, expect: { status: 200, body: { is: 'the link', holds: ({ code }) => code === first } } }),
    'makes a second link': () => create(second),
    'lists both, in two pages': async () => {
      const { json } = await list('', second)
      await list(`&cursor=${json.nextCursor}`, first)
    },
    'sends a visitor to the target': () => follow(first, FIRST_TARGET),
    'tells a visitor the target without going there': () => follow(first, FIRST_TARGET, { method: 'HEAD' }),
    'shows where the link leads': () =>
      ask({
        path: `/${first}+`,
        anonymous: true,
        headers: { accept: 'application/json' },
        expect: { status: 200, body: { is: 'the target', holds: ({ url }) => url === FIRST_TARGET } },
      }),
    ...visitSteps({ ask, create, follow, tag, target: FIRST_TARGET }),
    'makes two links at once': () => createBoth([`${tag}-3`, `${tag}-4`]),
    'changes the link as it was read': async () =>
      versions.push(versionOf(await change({ url: NEXT_TARGET }, versions[0], 200))),
    'refuses a change of an older version': () => change({ title: 'late' }, versions[0], 412),
    'sends a visitor to the new target': () => follow(first, NEXT_TARGET, { within: EVENTUALLY }),
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
        // Again, where it is over the limit of a tenant's writes.
        ask({ method: 'DELETE', path: `/v1/links/${code}`, expect: { status: [204, 404] }, within: EVENTUALLY }),
      )
      await Promise.all(removals)
    },
  }
}

function isWell({ status }: { status: unknown }): boolean {
  return status === 'ok'
}
