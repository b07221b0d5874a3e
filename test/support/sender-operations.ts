import { createSendMail } from '../../functions/shared/aws/email.ts'
import { createPushClient } from '../../functions/shared/aws/push.ts'
import { createSendSms } from '../../functions/shared/aws/sms.ts'

// Makes every call to services that send messages, and prints each outcome: see senders-bundle.test.ts.

const options = { now: Date.now, random: () => 0 }
const { signal } = new AbortController()
const common = { from: 'a@b.example', to: 'c@d.example', text: 'text', configurationSet: 'set' }
const push = createPushClient(options)

const outcomes = {
  SendEmail: await createSendMail(options)({ ...common, subject: 's', headers: {}, tags: {} }, signal),
  SendTextMessage: await createSendSms(options)({ ...common, context: {} }, signal),
  Publish: await push.send({ endpoint: 'arn', title: 't', body: 'b' }, signal),
  CreatePlatformEndpoint: await push.endpointOf({ application: 'arn', token: 't' }, signal),
}

/** The calls that this program makes. */
export type SenderOperation = keyof typeof outcomes

process.stdout.write(JSON.stringify(outcomes), () => process.exit())
