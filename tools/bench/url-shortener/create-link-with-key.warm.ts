import type { WarmCase } from '../cases.ts'
import { creation } from './creation.ts'
import { management } from './management.ts'

export const warm: WarmCase = {
  title: '`POST /v1/links` with an `Idempotency-Key` (url-shortener/management)',
  budget: 'standard',
  event: creation({ 'idempotency-key': 'a-key-of-a-client' }),
  handler: management,
  isRight: (answer) => Object(answer).statusCode === 201,
  // It does not know the key: what is compared is the creation alone.
  usual: 'usual-create-link.ts',
}
