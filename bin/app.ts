import { Annotations, App, type AppProps, Tags, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { CHAT_ACCESS } from '../lib/chat/access.ts'
import { Chat } from '../lib/chat/stack.ts'
import { Identity } from '../lib/identity/stack.ts'
import { NOTIFY_ACCESS } from '../lib/notification/access.ts'
import { Notification } from '../lib/notification/stack.ts'
import { LIMITS_ACCESS } from '../lib/rate-limiter/access.ts'
import { RateLimiter } from '../lib/rate-limiter/stack.ts'
import { linkEvents } from '../lib/shared/event-link.ts'
import { unknownSettings } from '../lib/shared/setting-names.ts'
import { parseSettings } from '../lib/shared/settings.ts'
import { LINKS_ACCESS } from '../lib/url-shortener/access.ts'
import { UrlShortener } from '../lib/url-shortener/stack.ts'

/**
 * The app with all systems. The CDK CLI passes the settings (`-c name=value`) through the environment, tests through
 * `context`.
 */
export function createApp(props?: AppProps): App {
  const app = new App(props)
  const settings = parseSettings(app.node)
  for (const warning of unknownSettings(app.node))
    Annotations.of(app).addWarningV2('stackyard:unknown-setting', warning)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  Tags.of(app).add('app', 'stackyard')
  Tags.of(app).add('stage', settings.stage)

  const access = [LINKS_ACCESS, LIMITS_ACCESS, CHAT_ACCESS, NOTIFY_ACCESS]
  const issuer = settings.issuer ?? new Identity(app, 'Identity', { settings, access }).issuer
  new UrlShortener(app, 'UrlShortener', { settings, issuer })
  new RateLimiter(app, 'RateLimiter', { settings, issuer })
  new Chat(app, 'Chat', { settings, issuer })
  new Notification(app, 'Notification', { settings, issuer })
  linkEvents(app, 'ChatToNotification', {
    settings,
    from: Chat,
    to: Notification,
    detailTypes: ['chat.message.missed'],
  })
  return app
}
