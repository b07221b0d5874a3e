import { createEmailProvider } from '../../../functions/notification/providers/email-provider.ts'
import type { Mail } from '../../../functions/shared/aws/email.ts'
import { aWebhook } from '../webhooks/a-webhook.ts'

test.each([
  ['Ann.Lee@example.com', 'Ann.Lee@example.com'],
  ['Ann@Bücher.example', 'Ann@xn--bcher-kva.example'],
])('a mail to %s goes to %s: the domain as A-labels, the rest as it is', async (address, to) => {
  const sent: Mail[] = []
  const sendMail = async (mail: Mail) => {
    sent.push(mail)
    return { outcome: 'accepted', messageId: 'm' } as const
  }
  const { send } = createEmailProvider({ sendMail, from: 'shop@example.com', configurationSet: undefined })
  const message = aWebhook({ channel: 'email', address, parts: { subject: 's', text: 't' } })
  await send(message, new AbortController().signal)
  expect(sent.map((mail) => mail.to)).toEqual([to])
})
