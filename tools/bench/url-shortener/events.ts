import type { EventsCase } from '../events-case.ts'

/** Creates a link and then changes its target: the check of targets consumes both events. */
export const events: EventsCase = {
  stack: 'UrlShortener',
  title: 'url-shortener',
  source: 'stackyard.url-shortener',
  scope: 'links:write',
  async create(ask) {
    const body = { url: 'https://example.com/a/page?with=a&query=1', title: 'A page', tags: ['one', 'two'] }
    const { code } = (await ask('POST', '/v1/links', body)) as { code: string }
    return code
  },
  async change(ask, code) {
    await ask('PATCH', `/v1/links/${code}`, { url: 'https://example.org/another/page' })
  },
  consumer: { queue: 'TargetChecksQueue', logGroup: 'TargetCheckerLogs' },
}
