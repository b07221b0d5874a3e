import type { WarmCase } from '../cases.ts'
import { creation } from './creation.ts'
import { management } from './management.ts'

export const warm: WarmCase = {
  title: '`POST /v1/links` with an `Idempotency-Key` (url-shortener/management)',
  budget: 'standard',
  event: creation({ 'idempotency-key': 'a-key-of-a-client' }),
  handler: management,
  isRight: (answer) => Object(answer).statusCode === 201,
  // The conventional handler doesn't support the key: only the creation itself is compared.
  usual: 'usual-create-link.ts',
}
