import type { Item } from '../../../functions/shared/data/table.ts'
import { linkEventContent } from '../../../functions/url-shortener/store/event-content.ts'
import { eventAttributes, toItem } from '../../../functions/url-shortener/store/items.ts'
import { aState } from '../a-link.ts'

const STATE = aState({ tags: ['a'] })
const LINK: Item = { ...toItem(STATE.link), ...eventAttributes(STATE, ['url'], 'now') }
const OF_ABC: Item = { code: { S: 'abc' }, tenant: { S: 'acme' } }
const DATA = {
  url: 'https://example.com/',
  title: null,
  tags: ['a'],
  status: 'active',
  createdBy: 'user-1',
  createdAt: '2026-03-12T19:03:58.005Z',
  changed: ['url'],
}

test.each<[string, Item, object]>([
  ['created', LINK, DATA],
  ['updated', { ...LINK, status: { S: 'exhausted' } }, { ...DATA, status: 'exhausted' }],
  ['deleted', { ...OF_ABC, deletedAt: { S: 'now' } }, {}],
  ['blocked', { ...OF_ABC, reason: { S: 'Spam.' } }, { reason: 'Spam.', blockedBy: null }],
  ['blocked', { ...OF_ABC, reason: { S: 'Spam.' }, blockedBy: { S: 'me' } }, { reason: 'Spam.', blockedBy: 'me' }],
  ['reported', { ...OF_ABC, reason: { S: 'Spam.' }, ttl: { N: '1' } }, { reason: 'Spam.' }],
  ['exhausted', { ...LINK, maxClicks: { N: '50' }, expiresAt: { S: 'later' } }, { maxClicks: 50 }],
  ['expired', { ...LINK, maxClicks: { N: '50' }, expiresAt: { S: 'then' } }, { expiresAt: 'then' }],
])('%s has its documented data, and no more of the item', (verb, image, data) => {
  const content = linkEventContent(image, `url-shortener.link.${verb}`)
  expect(content).toStrictEqual({ schemaVersion: 1, tenant: 'acme', subject: 'abc', data })
})

test.each<[string, { image: Item; type: string; reason: RegExp }]>([
  ['an unknown type', { image: LINK, type: 'link.exploded', reason: /Unknown type of event: link\.exploded/ }],
  ['a name that every object has', { image: LINK, type: 'constructor', reason: /Unknown type of event: constructor/ }],
  [
    'an item without a code',
    { image: { ...LINK, code: { S: '' } }, type: 'url-shortener.link.created', reason: /: subject$/ },
  ],
  [
    'an item without a tenant',
    { image: { ...LINK, tenant: { S: '' } }, type: 'url-shortener.link.created', reason: /: tenant$/ },
  ],
  [
    'a link without a target',
    { image: { ...LINK, url: { NULL: true } }, type: 'url-shortener.link.updated', reason: /: url/ },
  ],
  ['an exhausted link without a cap', { image: LINK, type: 'url-shortener.link.exhausted', reason: /: maxClicks/ }],
  ['a report without a reason', { image: OF_ABC, type: 'url-shortener.link.reported', reason: /: reason/ }],
])('%s is not a valid event, and the error says why', (_, { image, type, reason }) => {
  expect(() => linkEventContent(image, type)).toThrow(reason)
})
