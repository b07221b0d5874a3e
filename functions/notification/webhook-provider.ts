import type { UrlRules } from '../shared/outbound/check-url.ts'
import { createPost } from '../shared/outbound/post.ts'
import type { StartTimer } from '../shared/resilience/timer.ts'
import type { Provider } from './domain/provider.ts'
import { createWebhookProvider, type WebhookProviderDeps } from './webhooks/send-webhook.ts'

/** The limits of one request to a webhook. */
const LIMITS = { connectMs: 5000, totalMs: 15_000, maxAnswerBytes: 65_536 }

export interface WebhookOptions extends Omit<WebhookProviderDeps, 'post'> {
  rules: UrlRules
  startTimer: StartTimer
}

/** Creates the provider of webhooks with the requests that it makes. */
export function createWebhooks({ rules, startTimer, ...deps }: WebhookOptions): Provider {
  return createWebhookProvider({ ...deps, post: createPost({ rules, startTimer, ...LIMITS }) })
}
