import type { ColdCase } from '../cases.ts'
import { LINK } from './a-link.ts'
import { VISIT } from './visit.ts'

const { title: _title, tags: _tags, ...texts } = LINK

export const cold: ColdCase = {
  entry: 'functions/url-shortener/redirect.handler.ts',
  event: VISIT,
  environment: { TABLE_NAME: 'links' },
  answer: {
    Item: {
      pk: { S: `L#${LINK.code}` },
      sk: { S: 'link' },
      ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { S: text }])),
    },
  },
  others: [
    { title: 'one request over HTTPS, signed by hand', file: 'signed-by-hand.ts', built: 'minified' },
    { title: 'the same redirect, the usual way', file: 'usual-redirect.ts', built: 'as usual' },
  ],
}
