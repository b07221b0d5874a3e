import { toItem } from '../../../functions/url-shortener/store/items.ts'
import type { ColdCase } from '../cases.ts'
import { LINK } from './a-link.ts'
import { VISIT } from './visit.ts'

export const cold: ColdCase = {
  entry: 'functions/url-shortener/redirect.handler.ts',
  event: VISIT,
  environment: {
    STACK_NAME: 'UrlShortener',
    TABLE_NAME: 'links',
    SIGNING_SECRET: 'secret',
    PUBLIC_URL: 'https://s.example',
  },
  answer: { Item: toItem(LINK) },
  others: [
    { title: 'one request over HTTPS, signed by hand', file: 'signed-by-hand.ts', built: 'minified' },
    { title: 'the same redirect, the usual way', file: 'usual-redirect.ts', built: 'as usual' },
  ],
}
