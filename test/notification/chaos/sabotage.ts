import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { ChannelState } from '../../../functions/notification/domain/notification.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'

/** The ways in which a broken system differs: the checker has to notice each of them. */
export interface Sabotage {
  client: (client: DynamoDB) => DynamoDB
  /** The workers' belief about a provider that doesn't recognise repeats. */
  isIdempotent: boolean
  losesTurn: (channel: ChannelState) => boolean
  /** Digests claim their items before they are sent. */
  claimsItems: boolean
}

export const NONE: Sabotage = {
  client: (client) => client,
  isIdempotent: false,
  losesTurn: () => false,
  claimsItems: true,
}

/** Changes are written whatever happened since their decision. */
export const UNCONDITIONAL: Sabotage = {
  ...NONE,
  client: (client) => ({
    send(command, options) {
      if (command instanceof TransactWriteItemsCommand) {
        for (const { Put } of command.input.TransactItems ?? []) {
          if (Put?.ConditionExpression !== 'revision = :seen') continue
          Put.ConditionExpression = undefined
          Put.ExpressionAttributeValues = undefined
        }
      }
      return client.send(command, options)
    },
  }),
}

/** Workers repeat what may have been sent, whatever the category says. */
export const TRUSTING: Sabotage = { ...NONE, isIdempotent: true }

/** The stream loses retries. */
export const FORGETFUL: Sabotage = { ...NONE, losesTurn: ({ turn, status }) => turn > 1 && status === 'queued' }

/** Digests are sent with items that may still be cancelled. */
export const GRASPING: Sabotage = { ...NONE, claimsItems: false }

/** The stream loses the news of digests. */
export const SILENT: Sabotage = { ...NONE, losesTurn: ({ news }) => news !== undefined }
