import { jsonEvent } from '../../support/events.ts'
import { aState } from '../a-link.ts'
import { managementApi, WRITER } from './management-api.ts'

/** Converts a body to the input of the use cases, by POST and by PATCH. */
function bodies() {
  const inputs: object[] = []
  const { send } = managementApi({
    create: async ({ fields }) => {
      inputs.push(fields)
      return { outcome: 'created', state: aState() }
    },
    change: async ({ fields }) => {
      inputs.push(fields)
      return { outcome: 'changed', state: aState() }
    },
  })
  return {
    inputs,
    post: (json: object) =>
      send(jsonEvent({ routeKey: 'POST /v1/links', claims: WRITER, json: { url: 'x', ...json } })),
    patch: (json: object) =>
      send(jsonEvent({ routeKey: 'PATCH /v1/links/{code}', params: { code: 'abc' }, claims: WRITER, json })),
  }
}

const rule = { if: { device: 'ios' }, url: 'y' }

describe.each(['post', 'patch'] as const)('%s', (method) => {
  test.each<[string, object]>([
    ['a redirect of each kind', { redirect: 301 }],
    ['a redirect of each kind', { redirect: 302 }],
    ['a redirect of each kind', { redirect: 307 }],
    ['a redirect of each kind', { redirect: 308 }],
    ['no caching', { cacheSeconds: 0 }],
    ['a day of caching', { cacheSeconds: 86_400 }],
    ['one click', { maxClicks: 1 }],
    ['a billion clicks', { maxClicks: 1_000_000_000 }],
    ['a password of a character', { password: 'x' }],
    ['a password of 256 characters', { password: 'x'.repeat(256) }],
    ['a title of 200 characters', { title: 'x'.repeat(200) }],
    ['characters beyond 16 bits', { title: '😀', tags: ['😀'], password: '😀'.repeat(256) }],
    ['10 tags of 50 characters', { tags: Array.from('0123456789', (digit) => digit.repeat(50)) }],
    ['the query forwarded', { forwardQuery: true }],
    ['no rules', { rules: [] }],
    ['10 rules', { rules: Array(10).fill(rule) }],
    ['an end', { expiredUrl: 'z', expiresAt: '2026-01-01T00:00:00.000Z' }],
  ])('%s is accepted unchanged', async (_, fields) => {
    const api = bodies()
    expect((await api[method](fields)).status).toBeLessThan(300)
    expect(api.inputs).toEqual([{ ...(method === 'post' && { url: 'x' }), ...fields }])
  })

  test.each([
    ...['redirect', 'cacheSeconds', 'startsAt', 'expiresAt', 'expiredUrl', 'maxClicks', 'password', 'title', 'tags'],
    ...['forwardQuery', 'rules'],
  ])('%s may be null, as in responses', async (name) => {
    const api = bodies()
    expect((await api[method]({ [name]: null })).status).toBeLessThan(300)
    expect(api.inputs).toMatchObject([{ [name]: null }])
  })

  test('times are converted to UTC, and countries to upper case', async () => {
    const api = bodies()
    const given = {
      after: '2026-03-12T19:03:58+02:00',
      before: '2026-03-13T00:00:00Z',
      country: 'de',
      language: 'de-AT',
    }
    await api[method]({ startsAt: '2026-03-12t19:03:58.5z', rules: [{ if: given, url: 'y' }] })
    const kept = { ...given, after: '2026-03-12T17:03:58.000Z', before: '2026-03-13T00:00:00.000Z', country: 'DE' }
    expect(api.inputs).toMatchObject([{ startsAt: '2026-03-12T19:03:58.500Z', rules: [{ if: kept, url: 'y' }] }])
  })

  const [COMPOSED, DECOMPOSED] = ['\u00e9', 'e\u0301']

  test.each<[string, object, object]>([
    ['a title', { title: DECOMPOSED }, { title: COMPOSED }],
    ['a title of 200 characters', { title: DECOMPOSED.repeat(200) }, { title: COMPOSED.repeat(200) }],
    ['a tag', { tags: [DECOMPOSED] }, { tags: [COMPOSED] }],
    ['a tag of 50 characters', { tags: [DECOMPOSED.repeat(50)] }, { tags: [COMPOSED.repeat(50)] }],
    ['a tag with space around it', { tags: [' \u00a0a b\n'] }, { tags: ['a b'] }],
    [
      'duplicates, of which the first is kept',
      { tags: ['b', 'a', 'b ', COMPOSED, DECOMPOSED, 'a'] },
      { tags: ['b', 'a', COMPOSED] },
    ],
  ])('%s is accepted, and converted to its stored form', async (_, fields, stored) => {
    const api = bodies()
    expect((await api[method](fields)).status).toBeLessThan(300)
    expect(api.inputs).toMatchObject([stored])
  })

  test('targets and passwords are accepted unchanged', async () => {
    const api = bodies()
    const fields = { password: DECOMPOSED, expiredUrl: `https://example.com/${DECOMPOSED}` }
    await api[method](fields)
    expect(api.inputs).toMatchObject([fields])
  })

  test.each<[string, object, string]>([
    ['another redirect', { redirect: 303 }, 'redirect'],
    ['a redirect as a string', { redirect: '301' }, 'redirect'],
    ['86,401 seconds', { cacheSeconds: 86_401 }, 'cacheSeconds'],
    ['a negative number of seconds', { cacheSeconds: -1 }, 'cacheSeconds'],
    ['half a second', { cacheSeconds: 0.5 }, 'cacheSeconds'],
    ['no clicks', { maxClicks: 0 }, 'maxClicks'],
    ['more than a billion clicks', { maxClicks: 1_000_000_001 }, 'maxClicks'],
    ['half a click', { maxClicks: 1.5 }, 'maxClicks'],
    ['an empty password', { password: '' }, 'password'],
    ['a password of 257 characters', { password: 'x'.repeat(257) }, 'password'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title'],
    ['a lone surrogate in the title', { title: 'a\ud83d' }, 'title'],
    ['a lone surrogate in a tag', { tags: ['a', '\ude00'] }, 'tags[1]'],
    ['a lone surrogate in the password', { password: '\ud83d' }, 'password'],
    ['half a character in a target', { expiredUrl: 'https://example.com/\ud83d' }, 'expiredUrl'],
    ['11 tags', { tags: Array(11).fill('x') }, 'tags'],
    ['a tag of 51 characters', { tags: ['x'.repeat(51)] }, 'tags[0]'],
    ['a tag that gets too long in its stored form', { tags: ['\u0958'.repeat(26)] }, 'tags[0]'],
    ['an empty tag', { tags: ['a', ''] }, 'tags[1]'],
    ['a blank tag', { tags: [' \t'] }, 'tags[0]'],
    ['a day', { startsAt: '2026-03-12' }, 'startsAt'],
    ['a time without an offset', { expiresAt: '2026-03-12T19:03:58' }, 'expiresAt'],
    ['a target that is not a string', { expiredUrl: 7 }, 'expiredUrl'],
    ['11 rules', { rules: Array(11).fill(rule) }, 'rules'],
    ['a rule without a condition', { rules: [rule, { if: {}, url: 'y' }] }, 'rules[1].if'],
    ['a rule without a target', { rules: [{ if: rule.if }] }, 'rules[0].url'],
    ['a rule with an unknown field', { rules: [{ ...rule, weight: 1 }] }, 'rules[0].weight'],
    ['an unknown condition', { rules: [{ if: { ...rule.if, browser: 'x' }, url: 'y' }] }, 'rules[0].if.browser'],
    ['an unknown device', { rules: [{ if: { device: 'tv' }, url: 'y' }] }, 'rules[0].if.device'],
    ['a condition that is null', { rules: [{ if: { device: null }, url: 'y' }] }, 'rules[0].if.device'],
    ['a long country', { rules: [{ if: { country: 'DEU' }, url: 'y' }] }, 'rules[0].if.country'],
    ['no language', { rules: [{ if: { language: 'de_DE' }, url: 'y' }] }, 'rules[0].if.language'],
    ['no time', { rules: [{ if: { before: 'tomorrow' }, url: 'y' }] }, 'rules[0].if.before'],
    ['no truth', { forwardQuery: 'yes' }, 'forwardQuery'],
    ['a field of responses only', { hasPassword: true }, 'hasPassword'],
  ])('%s gets 422 with its path', async (_, fields, path) => {
    const api = bodies()
    expect(await api[method](fields)).toMatchObject({
      status: 422,
      body: { code: 'invalid-input', errors: [{ path }] },
    })
    expect(api.inputs).toEqual([])
  })
})
