import type { Cause } from '../../functions/shared/events/event.ts'
import {
  type Link,
  type LinkDetails,
  type LinkState,
  NO_DETAILS,
  UNSET,
} from '../../functions/url-shortener/domain/link.ts'

/** Creates a link with the fields that matter to a test. */
export function aLink(overrides: Partial<Link> = {}): Link {
  return {
    ...UNSET,
    code: 'abc',
    url: 'https://example.com/',
    tenant: 'acme',
    createdBy: 'user-1',
    createdAt: '2026-03-12T19:03:58.005Z',
    updatedAt: '2026-03-12T19:03:58.005Z',
    version: 'version-1',
    ...overrides,
  }
}

/** Creates the state of a link: the link, its details and its clicks. */
export function aState(
  overrides: Partial<Link> = {},
  beside: Partial<LinkDetails & { clicks: number }> = {},
): LinkState {
  const { clicks = 0, ...details } = beside
  return { link: aLink(overrides), details: { ...NO_DETAILS, ...details }, clicks }
}

/** The cause of everything that a test does. */
export const CAUSE: Cause = {
  correlationId: 'request-1',
  causationId: null,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
}
