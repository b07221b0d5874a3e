/** A handler's verdict that no retry would help, and the reason. */
export interface Poison {
  poison: string
}

/** Parses the body of a message, and validates it by `read`, which throws if it is invalid. */
export function readMessage<Message>(body: string, read: (body: unknown) => Message): { value: Message } | Poison {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    // The error's own message quotes the body.
    return { poison: 'The body is not JSON' }
  }
  try {
    return { value: read(json) }
  } catch (error) {
    return { poison: error instanceof Error ? error.message : String(error) }
  }
}
