import type { WarmCase } from '../cases.ts'
import { creation } from './creation.ts'
import { management } from './management.ts'

export const warm: WarmCase = {
  title: '`POST /v1/links` (url-shortener/management)',
  budget: 'standard',
  event: creation(),
  handler: management,
  isRight: (answer) => Object(answer).statusCode === 201,
  usual: 'usual-create-link.ts',
}
