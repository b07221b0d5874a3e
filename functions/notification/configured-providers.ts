import type { ClientOptions } from '../shared/aws/create-send.ts'
import type { Provider } from './domain/provider.ts'
import { lazyProvider } from './lazy-provider.ts'
import type { ProviderRates } from './providers/budget.ts'

/** The services that the app was deployed with, as the stack passes them in `PROVIDER_SETTINGS`. */
export interface ProviderSettings {
  readonly email?: Sender
  readonly sms?: Sender
  readonly push?: { readonly applications: Readonly<Record<string, string>> }
  /** The region of backups; absent: there are none. */
  readonly backupRegion?: string
}

interface Sender {
  readonly from: string
  readonly configurationSet?: string
  /** The messages a second that the account may send. */
  readonly perSecond: number
}

/** Creates the providers, each of which is loaded when it is first used. */
export function configuredProviders(settings: ProviderSettings, options: ClientOptions): Provider[] {
  const { email, sms, push, backupRegion } = settings
  const backup = backupRegion === undefined ? [] : [{ role: 'backup' as const, region: backupRegion }]
  const places = [{ role: 'primary' as const, region: undefined }, ...backup]
  return [
    ...(email ? places.map((place) => emailProvider(email, place, options)) : []),
    ...(sms ? places.map((place) => smsProvider(sms, place, options)) : []),
    ...(push ? [pushProvider(push, options)] : []),
  ]
}

/** Returns the rate budgets of the providers; those of a backup are counted apart. */
export function providerRates({ email, sms }: ProviderSettings): ProviderRates {
  return {
    ...(email && { [EMAIL.primary]: email.perSecond, [EMAIL.backup]: email.perSecond }),
    ...(sms && { [SMS.primary]: sms.perSecond, [SMS.backup]: sms.perSecond }),
  }
}

const EMAIL = { primary: 'ses', backup: 'ses-backup' }
const SMS = { primary: 'end-user-messaging', backup: 'end-user-messaging-backup' }

interface Place {
  readonly role: Provider['role']
  readonly region: string | undefined
}

function emailProvider({ from, configurationSet }: Sender, { role, region }: Place, options: ClientOptions): Provider {
  return lazyProvider({ name: EMAIL[role], channel: 'email', role, idempotent: false }, async () => {
    const [{ createSendMail }, { createEmailProvider }] = await Promise.all([
      import('../shared/aws/email.ts'),
      import('./providers/email-provider.ts'),
    ])
    const sendMail = createSendMail({ ...options, ...(region !== undefined && { region }) })
    // The set is one of the stack's own region, so a backup has no receipts.
    return createEmailProvider({
      sendMail,
      from,
      configurationSet: region === undefined ? configurationSet : undefined,
    })
  })
}

function smsProvider({ from, configurationSet }: Sender, { role, region }: Place, options: ClientOptions): Provider {
  return lazyProvider({ name: SMS[role], channel: 'sms', role, idempotent: false }, async () => {
    const [{ createSendSms }, { createSmsProvider }] = await Promise.all([
      import('../shared/aws/sms.ts'),
      import('./providers/sms-provider.ts'),
    ])
    const sendSms = createSendSms({ ...options, ...(region !== undefined && { region }) })
    return createSmsProvider({ sendSms, from, configurationSet: region === undefined ? configurationSet : undefined })
  })
}

function pushProvider(push: NonNullable<ProviderSettings['push']>, options: ClientOptions): Provider {
  return lazyProvider({ name: 'sns', channel: 'push', role: 'primary', idempotent: false }, async () => {
    const [{ createPushClient }, { createPushProvider }] = await Promise.all([
      import('../shared/aws/push.ts'),
      import('./providers/push-provider.ts'),
    ])
    return createPushProvider({ client: createPushClient(options), ...push })
  })
}
