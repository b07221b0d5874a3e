import type { Link } from '../../functions/url-shortener/link.ts'

/** A link, with whatever a test says of it. */
export function aLink(overrides: Partial<Link> = {}): Link {
  return {
    code: 'abc',
    url: 'https://example.com/',
    title: null,
    tags: [],
    tenant: 'acme',
    createdBy: 'user-1',
    createdAt: '2026-03-12T19:03:58.005Z',
    updatedAt: '2026-03-12T19:03:58.005Z',
    version: 'version-1',
    ...overrides,
  }
}
