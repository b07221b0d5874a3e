import type { Ask, Journey, JourneyContext } from '../shared/journey.ts'
import { visitSteps } from './journey-visits.ts'

export const scope = 'links:read links:write'

/**
 * The time within which an eventually consistent read must have a change, in milliseconds: those of the index and of a
 * redirect, on AWS mostly within a second.
 */
const EVENTUALLY = 15_000

const FIRST_TARGET = 'https://example.com/?from=smoke'
const NEXT_TARGET = 'https://example.org/?from=smoke'

/** The time of a full core that hashing a password takes, in milliseconds. */
const HASH = 100

export const coreMs = {
  'creates a link with a password': HASH,
  'refuses a wrong password': HASH,
  'accepts the right password': HASH,
}

/**
 * Tests links with a tag of their own. The aliases are known before the links are created, so that cleanup finds all of
 * them.
 */
export const journey = ({ ask, unique }: JourneyContext): Journey => {
  const tag = `smoke-${unique}`
  const [first, second] = [`${tag}-1`, `${tag}-2`]
  const path = `/v1/links/${first}`
  const left = new Set<string>()
  const versions: string[] = []

  /** Builds the fields of a link, and remembers the alias for cleanup. */
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
    'reports that it is healthy': () =>
      ask({ path: '/health', anonymous: true, expect: { status: 200, body: { is: 'ok', holds: isWell } } }),
    // The first step that needs the token: if the token is refused, nothing was created that couldn't be deleted.
    'accepts the token': () => ask({ path: '/v1/links?limit=1', expect: { status: 200 } }),
    'refuses to create a link without a token': () => create(first, {}, { anonymous: true, expect: { status: 401 } }),
    'creates a link': async () => versions.push(versionOf(await create(first, {}, keyed))),
    'answers a repeated request with the same link': () =>
      create(first, {}, { ...keyed, expect: { status: 201, headers: { etag: versions[0] ?? '' } } }),
    'gets the link': () =>
      ask({ path, expect: { status: 200, body: { is: 'the link', holds: ({ code }) => code === first } } }),
    'draws the QR code of the link': () =>
      ask({ path: `${path}/qr?format=png`, expect: { status: 200, headers: { 'content-type': 'image/png' } } }),
    'creates a second link': () => create(second),
    'lists both on two pages': async () => {
      const { json } = await list('', second)
      await list(`&cursor=${json.nextCursor}`, first)
    },
    'sends a visitor to the target': () => follow(first, FIRST_TARGET),
    'answers HEAD with the target': () => follow(first, FIRST_TARGET, { method: 'HEAD' }),
    'previews the target of the link': () =>
      ask({
        path: `/${first}+`,
        anonymous: true,
        headers: { accept: 'application/json' },
        expect: { status: 200, body: { is: 'the target', holds: ({ url }) => url === FIRST_TARGET } },
      }),
    ...visitSteps({ ask, create, follow, tag, target: FIRST_TARGET }),
    'creates two links in one request': () => createBoth([`${tag}-3`, `${tag}-4`]),
    // The job and its file expire.
    'exports all links to a file': async () => {
      const { json } = await ask({ method: 'POST', path: '/v1/exports', expect: { status: 202 } })
      const holds = ({ status, url }: { status: unknown; url: unknown }) => status === 'done' && /^https?:/.test(String(url))
      const expect = { status: 200, body: { is: 'a file', holds } }
      await ask({ path: `/v1/exports/${json.jobId}`, within: EVENTUALLY, expect })
    },
    'changes the link with its current version': async () =>
      versions.push(versionOf(await change({ url: NEXT_TARGET }, versions[0], 200))),
    'refuses a change of an older version': () => change({ title: 'late' }, versions[0], 412),
    'sends a visitor to the new target': () => follow(first, NEXT_TARGET, { within: EVENTUALLY }),
    'deletes the link': () =>
      ask({ method: 'DELETE', path, headers: { 'if-match': versions[1] ?? '' }, expect: { status: 204 } }),
    'answers 410 to a visitor of the deleted link': () =>
      ask({ path: `/${first}`, anonymous: true, expect: { status: 410 }, within: EVENTUALLY }),
    'answers 404 for the deleted link': () => ask({ path, expect: { status: 404 } }),
  }
  return {
    steps: Object.entries(steps).map(([name, run]) => ({ name, run: async () => void (await run()) })),
    cleanUp: async () => {
      const removals = [...left].map((code) =>
        // A deletion is retried while the tenant's limit of writes is exceeded.
        ask({ method: 'DELETE', path: `/v1/links/${code}`, expect: { status: [204, 404] }, within: EVENTUALLY }),
      )
      await Promise.all(removals)
    },
  }
}

function isWell({ status }: { status: unknown }): boolean {
  return status === 'ok'
}
