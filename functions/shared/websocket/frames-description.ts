import type * as z from 'zod/mini'
import type { NamedSchema } from '../http/api-description.ts'

/** The documentation of a WebSocket API's frames. Its AsyncAPI document is generated from it and from the schemas. */
export interface FramesDescription {
  title: string
  description: string
  /** The route that issues the tickets with which clients connect, as in `POST /v1/ws-ticket`. */
  ticketRoute: string
  /** The frames of clients, by the name of the action. */
  actions: Record<string, ActionText>
  /** The codes of refused actions, with what each means. */
  codes: Record<string, string>
  /** The frames that the server sends without being asked, by their `t`. */
  frames: Record<string, FrameText>
  /** Parts that several frames share, by name. */
  schemas: Record<string, NamedSchema>
}

export interface ActionText {
  description: string
  /** Validates the frame's fields, without `v`, `action` and `id`. */
  fields: z.ZodMiniType
  /** The fields of the ack beside `t`, `id` and `ok`. */
  ack: z.ZodMiniType
  example: { fields: unknown; ack: unknown }
}

export interface FrameText {
  description: string
  /** The whole frame. */
  schema: z.ZodMiniType
  example: unknown
}
