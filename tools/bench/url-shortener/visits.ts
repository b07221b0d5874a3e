import type { Ask } from '../events-case.ts'
import type { Visit, VisitsCase } from '../visits-case.ts'

const TARGET = 'https://example.com/a/page?with=a&query=1'

/** The headers of a person's browser: bots don't count against a visit limit. */
const BROWSER = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
  'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
}

const RULES = [
  { if: { device: 'ios' }, url: 'https://example.com/ios' },
  { if: { language: 'en', device: 'desktop' }, url: 'https://example.com/en' },
]

export const visits: VisitsCase = {
  stack: 'UrlShortener',
  scope: 'links:write',
  routeKey: 'GET /{code}',
  needsToken: false,
  async prepare(ask) {
    const links = [
      { title: 'a plain link', body: {} },
      { title: 'a link with rules', body: { rules: RULES } },
      { title: 'a link with a cap', body: { maxClicks: 1_000_000_000 } },
    ]
    return Promise.all(links.map(({ title, body }) => linkOf(ask, title, body)))
  },
}

async function linkOf(ask: Ask, title: string, body: object): Promise<Visit> {
  const { code } = (await ask('POST', '/v1/links', { url: TARGET, ...body })) as { code: string }
  return { title, path: `/${code}`, headers: BROWSER, status: 302 }
}
