import { toItem } from '../../../functions/url-shortener/store/items.ts'
import type { ColdCase } from '../cases.ts'
import { LINK } from './a-link.ts'
import { warm } from './get-link.warm.ts'

/** The standard function with the most code: several clients' worth of policies, validation, the limiter. */
export const cold: ColdCase = {
  entry: 'functions/url-shortener/management.handler.ts',
  event: warm.event,
  environment: {
    STACK_NAME: 'UrlShortener',
    TABLE_NAME: 'links',
    SIGNING_SECRET: 'secret',
    PUBLIC_URL: 'https://s.example',
    API_URL: 'https://api.example',
    HTTP_ROUTES: 'GET /v1/links/{code}',
    TIMEOUT_MS: '10000',
    TENANT_WRITES_PER_SECOND: '50',
  },
  answer: { Item: toItem(LINK) },
  others: [],
}
