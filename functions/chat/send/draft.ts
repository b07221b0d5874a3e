import type { z } from 'zod/mini'
import type { messageBody } from './schema.ts'
import type { Draft } from './send-message.ts'

/** Turns a message as a client sends it into a draft. A user who is mentioned twice is mentioned. */
export function toDraft({ body, threadRoot, attachments, mentions }: z.output<typeof messageBody>): Draft {
  return {
    body,
    threadRoot: threadRoot ?? null,
    attachments: [...new Set(attachments)],
    mentions: [...new Set(mentions)],
  }
}
