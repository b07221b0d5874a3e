import { randomBytes } from 'node:crypto'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { redirectRoute } from '../../../functions/url-shortener/redirect-route.ts'
import { resolveLink } from '../../../functions/url-shortener/resolve-link.ts'
import type { WarmCase } from '../cases.ts'
import { LINK } from './a-link.ts'
import { VISIT } from './visit.ts'

export const warm: WarmCase = {
  title: '`GET /{code}` (url-shortener/redirect)',
  budget: 'hot-path',
  event: VISIT,
  handler: httpHandler({
    service: 'bench',
    now: Date.now,
    write: (line) => process.stdout.write(line),
    randomBytes,
    routes: { 'GET /{code}': redirectRoute(resolveLink({ read: async () => LINK })) },
    headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
  }),
  isRight: (answer) => Object(answer).statusCode === 302,
  usual: 'usual-redirect-stubbed.ts',
}
