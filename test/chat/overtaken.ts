import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../functions/shared/aws/dynamodb.ts'

/**
 * Runs `work`, whose first transaction is held up until `first` has ended: what `work` has read and decided by then may
 * be out of date. This makes a race happen for certain that two requests at once seldom meet.
 */
export async function overtaken<Result>(
  client: DynamoDB,
  { first, work }: { first: () => Promise<unknown>; work: () => Promise<Result> },
): Promise<Result> {
  const { send } = client
  let isHeldUp = false
  client.send = async (command, options) => {
    if (!isHeldUp && command instanceof TransactWriteItemsCommand) {
      isHeldUp = true
      await first()
    }
    return send(command, options)
  }
  try {
    const result = await work()
    expect(isHeldUp).toBe(true)
    return result
  } finally {
    client.send = send
  }
}
