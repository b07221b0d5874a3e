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
    CLICKS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/clicks',
  },
  // The same answer to all calls: the link, the salt, and what SQS says.
  answer: { Item: { ...toItem(LINK), salt: { B: Buffer.alloc(32).toString('base64') } }, MessageId: '1' },
  others: [
    { title: 'one request over HTTPS, signed by hand', file: 'signed-by-hand.ts', built: 'minified' },
    { title: 'the same redirect, the usual way', file: 'usual-redirect.ts', built: 'as usual' },
  ],
}
