import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { createRuntime } from '../../../functions/shared/runtime.ts'
import { recordClick } from '../../../functions/url-shortener/visit/record-click.ts'
import { resolveLink } from '../../../functions/url-shortener/visit/resolve-link.ts'
import { redirectRoute } from '../../../functions/url-shortener/visit/route.ts'
import { visitLink } from '../../../functions/url-shortener/visit/visit-link.ts'
import { createVisitorHash } from '../../../functions/url-shortener/visit/visitor-hash.ts'
import type { WarmCase } from '../cases.ts'
import { LINK } from './a-link.ts'
import { VISIT } from './visit.ts'

const { now, random, startTimer, telemetry } = createRuntime('bench')
const unused = () => Promise.reject(new Error('A plain link needs only its read.'))
const { hashVisitor } = createVisitorHash({ readSalt: async () => Buffer.alloc(32), now, random })
const visit = visitLink({
  // Answered from memory, like nearly all visits of a popular link.
  resolve: resolveLink({ read: async () => LINK, now, random: Math.random }),
  resolveDetails: unused,
  spend: unused,
  readCap: unused,
  recordEnd: unused,
  recordClick: recordClick({ send: async () => {}, hashVisitor, now, startTimer, count: unused }),
  isUnlocked: unused,
  now,
})

export const warm: WarmCase = {
  title: '`GET /{code}` (url-shortener/redirect)',
  budget: 'hot-path',
  event: VISIT,
  handler: httpHandler({
    ...telemetry,
    routes: {
      'GET /{code}': redirectRoute({
        visit,
        preview: unused,
        isFromEdge: async () => false,
        publicUrl: 'https://s.example',
        count: unused,
      }),
    },
    headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
  }),
  isRight: (answer) => Object(answer).statusCode === 302,
  usual: 'usual-redirect-stubbed.ts',
}
