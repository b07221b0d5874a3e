import type { Link } from '../../../functions/url-shortener/link.ts'

export const LINK: Link = {
  code: 'abc1234',
  url: 'https://example.com/a/page?with=a&query=1',
  title: null,
  tags: [],
  tenant: 'tenant',
  createdBy: 'user',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 'aaaaaaaaaaaa',
  blockedAt: null,
  redirect: 302,
  cacheSeconds: 0,
  startsAt: null,
  expiresAt: null,
  maxClicks: null,
  passwordId: null,
  forwardQuery: false,
  hasRules: false,
  hasExpiredUrl: false,
  ended: null,
}
