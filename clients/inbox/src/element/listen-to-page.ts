const MINUTE_MS = 60_000

export interface PageListeners {
  /** The page is looked at again, or the network is back. */
  onWake: () => void
  /** Something was pressed; the path leads from there to the window. */
  onPress: (path: readonly EventTarget[]) => void
  /** The page was scrolled or resized. */
  onMove: () => void
  onMinute: () => void
}

/** Listens to the page; the returned function ends it. */
export function listenToPage({ onWake, onPress, onMove, onMinute }: PageListeners): () => void {
  const ended = new AbortController()
  const { signal } = ended
  const wake = () => document.visibilityState === 'visible' && onWake()
  window.addEventListener('online', wake, { signal })
  document.addEventListener('visibilitychange', wake, { signal })
  document.addEventListener('pointerdown', (event) => onPress(event.composedPath()), { signal })
  window.addEventListener('resize', onMove, { signal })
  window.addEventListener('scroll', onMove, { signal, capture: true, passive: true })
  const minute = setInterval(onMinute, MINUTE_MS)
  return () => {
    ended.abort()
    clearInterval(minute)
  }
}
