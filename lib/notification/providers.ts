import { Arn, Stack, Validations } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses'
import { CfnConfigurationSet as SmsConfigurationSet } from 'aws-cdk-lib/aws-smsvoice'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import type { SenderSettings } from '../shared/sender-settings.ts'
import type { ServiceFunction } from '../shared/service-function.ts'
import type { Stage } from '../shared/settings.ts'
import type { WorkQueue } from '../shared/work-queue.ts'

export interface ProvidersProps {
  readonly stage: Stage
  readonly senders: SenderSettings
  /** The queue to which the services' events go. */
  readonly receipts: WorkQueue
}

/** A provider, as the API lists it. */
interface Listed {
  readonly name: string
  readonly channel: string
  readonly role: 'primary' | 'backup'
}

/** Events of a mail that say what became of it. */
const MAIL_EVENTS = [
  EmailSendingEvent.DELIVERY,
  EmailSendingEvent.BOUNCE,
  EmailSendingEvent.COMPLAINT,
  EmailSendingEvent.REJECT,
]

/**
 * The services that send for the app, by its settings: SES, AWS End User Messaging, and platform applications of SNS. Their
 * events reach the queue of receipts through a topic, because those on EventBridge lack the context by which a text
 * message is recognised. A channel without a service has the outbox in dev, and fails in prod.
 */
export class Providers extends Construct {
  /** The value of `PROVIDER_SETTINGS` in workers. */
  readonly settings: string
  readonly listed: readonly Listed[]
  private readonly statements: PolicyStatement[] = []
  private pushEndpoints: readonly string[] = []

  constructor(scope: Construct, id: string, { stage, senders, receipts }: ProvidersProps) {
    super(scope, id)
    const { email, sms, pushApplications, backupRegion } = senders
    const topic = email || sms ? this.receiptTopic(receipts) : undefined
    const emailSet = email && topic && this.mailEvents(topic)
    const smsSet = sms && topic && this.smsEvents(topic)
    const hasPush = Object.keys(pushApplications).length > 0
    this.settings = Stack.of(this).toJsonString({
      ...(email && { email: { ...email, configurationSet: emailSet } }),
      ...(sms && { sms: { ...sms, configurationSet: smsSet } }),
      ...(hasPush && { push: { applications: pushApplications } }),
      ...(backupRegion && { backupRegion }),
    })
    if (email && emailSet) this.allowMail(email.from, emailSet, backupRegion)
    if (sms && smsSet) this.allowSms(sms.from, smsSet, backupRegion)
    if (hasPush) this.allowPush(Object.values(pushApplications))
    const roles = backupRegion ? (['primary', 'backup'] as const) : (['primary'] as const)
    const named = (name: string, channel: string) =>
      roles.map((role) => ({ name: role === 'backup' ? `${name}-backup` : name, channel, role }))
    const outbox = (channel: string): Listed[] =>
      stage === 'dev' ? [{ name: 'outbox', channel, role: 'primary' }] : []
    this.listed = [
      ...(email ? named('ses', 'email') : outbox('email')),
      ...(sms ? named('end-user-messaging', 'sms') : outbox('sms')),
      ...(hasPush ? [{ name: 'sns', channel: 'push', role: 'primary' } as const] : outbox('push')),
      { name: 'webhook', channel: 'webhook', role: 'primary' },
      { name: 'inbox', channel: 'inapp', role: 'primary' },
    ]
  }

  /** Lets a worker send, and tells it by what. */
  grantSend(worker: ServiceFunction): void {
    worker.function.addEnvironment('PROVIDER_SETTINGS', this.settings)
    for (const statement of this.statements) worker.target.addToRolePolicy(statement)
    for (const endpoints of this.pushEndpoints) {
      Validations.of(worker).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${endpoints}]`,
        reason: 'It publishes to endpoints of devices, whose ids SNS makes.',
      })
    }
  }

  private receiptTopic(receipts: WorkQueue): Topic {
    const topic = new Topic(this, 'Topic', { enforceSSL: true })
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'ServicesPublish',
        principals: [new ServicePrincipal('ses.amazonaws.com'), new ServicePrincipal('sms-voice.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
    topic.addSubscription(
      new SqsSubscription(receipts.queue, { rawMessageDelivery: true, deadLetterQueue: receipts.deadLetters.queue }),
    )
    return topic
  }

  private mailEvents(topic: Topic): string {
    const set = new ConfigurationSet(this, 'MailSet')
    set.addEventDestination('Receipts', { destination: EventDestination.snsTopic(topic), events: MAIL_EVENTS })
    return set.configurationSetName
  }

  private smsEvents({ topicArn }: Topic): string {
    const set = new SmsConfigurationSet(this, 'SmsSet', {
      eventDestinations: [
        {
          eventDestinationName: 'receipts',
          enabled: true,
          matchingEventTypes: ['TEXT_ALL'],
          snsDestination: { topicArn },
        },
      ],
    })
    return set.ref
  }

  private allowMail(from: string, set: string, backupRegion: string | undefined): void {
    const address = /<(.+)>$/.exec(from)?.[1] ?? from
    const domain = address.slice(address.lastIndexOf('@') + 1)
    const arn = (region: string | undefined, resource: string) =>
      Arn.format({ service: 'ses', resource, ...(region && { region }) }, Stack.of(this))
    const regions = [undefined, ...(backupRegion ? [backupRegion] : [])]
    const identities = regions.flatMap((region) => [address, domain].map((name) => arn(region, `identity/${name}`)))
    this.allow('ses:SendEmail', [...identities, arn(undefined, `configuration-set/${set}`)])
  }

  private allowSms(from: string, set: string, backupRegion: string | undefined): void {
    const configurationSet = Arn.format({ service: 'sms-voice', resource: `configuration-set/${set}` }, Stack.of(this))
    const backup = backupRegion ? [from.replace(/^(arn:[^:]+:sms-voice:)[^:]+/, `$1${backupRegion}`)] : []
    this.allow('sms-voice:SendTextMessage', [from, ...backup, configurationSet])
  }

  private allowPush(applications: readonly string[]): void {
    this.allow('sns:CreatePlatformEndpoint', applications)
    this.pushEndpoints = applications.map((arn) => `${arn.replace(':app/', ':endpoint/')}/*`)
    this.allow('sns:Publish', this.pushEndpoints)
  }

  private allow(action: string, resources: readonly string[]): void {
    this.statements.push(new PolicyStatement({ actions: [action], resources: [...resources] }))
  }
}
