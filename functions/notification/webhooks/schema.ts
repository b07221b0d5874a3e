import * as z from 'zod/mini'
import { name } from '../fields.ts'

/** `POST /v1/webhooks/{endpointId}/replay` */
export const replayBody = z.strictObject({ notificationId: name })

export const replayAnswer = z.strictObject({ endpointId: name, notificationId: name })

export const rotateAnswer = z.strictObject({ secret: z.string() })
