import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../shared/aws/sqs.ts'
import type { Clock } from '../../shared/clock.ts'
import type { SendReceipt } from '../providers/simulator.ts'

/** Creates what has the simulator's receipts handled, now or later. It rejects as `Sqs` does. */
export function createSendReceipt({ sqs, queueUrl, now }: { sqs: Sqs; queueUrl: string; now: Clock }): SendReceipt {
  return async (receipt, { afterSeconds, signal }) => {
    const at = now() + afterSeconds * 1000
    const MessageBody = JSON.stringify({ kind: 'receipt', receipt: { ...receipt, at } })
    const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds: afterSeconds })
    await sqs.send(command, { signal })
  }
}
