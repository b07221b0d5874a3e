import { MAX_FRAME_BYTES } from '../../shared/websocket/frame.ts'
import type { EventView } from './event-view.ts'

/**
 * Writes events as frames, each as full as the limit of a frame allows. An event has at most 24 KB: its text, its
 * attachments and its mentions.
 */
export function eventFrames(room: string, events: readonly EventView[]): string[] {
  const head = `{"t":"events","room":${JSON.stringify(room)},"events":[`
  const fixed = Buffer.byteLength(head) + ']}'.length
  const frames: string[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const event of events) {
    const text = JSON.stringify(event)
    const added = Buffer.byteLength(text) + 1
    if (bytes + added > MAX_FRAME_BYTES) {
      frames.push([])
      bytes = fixed
    }
    frames.at(-1)?.push(text)
    bytes += added
  }
  return frames.map((texts) => `${head}${texts.join(',')}]}`)
}

/** Writes the frame that ends a membership. */
export function removedFrame(room: string, seq: number): string {
  return JSON.stringify({ t: 'removed', room, seq })
}
