import { randomUUID } from 'node:crypto'

/** Documents that are remembered: a page shows a few at a time. */
const MAX_FRAMES = 50

/**
 * The policy of a document that somebody else wrote, such as a mail: it is of no origin, runs nothing, and loads
 * nothing.
 */
export const FRAME_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"

/** Documents that the page shows in frames: the page's own policy would apply to a `srcdoc`. */
export interface Frames {
  /** Returns the path of the document. */
  add: (html: string) => string
  get: (path: string) => string | undefined
}

export function createFrames(): Frames {
  const frames = new Map<string, string>()
  return {
    add(html) {
      const path = `/frames/${randomUUID()}`
      frames.set(path, html)
      const [oldest] = frames.keys()
      if (frames.size > MAX_FRAMES && oldest) frames.delete(oldest)
      return path
    },
    get: (path) => frames.get(path),
  }
}
