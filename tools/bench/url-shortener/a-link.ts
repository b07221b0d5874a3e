import { type Link, UNSET } from '../../../functions/url-shortener/domain/link.ts'

export const LINK: Link = {
  ...UNSET,
  code: 'abc1234',
  url: 'https://example.com/a/page?with=a&query=1',
  tenant: 'tenant',
  createdBy: 'user',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 'aaaaaaaaaaaa',
}
