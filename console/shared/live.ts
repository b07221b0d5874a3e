import type { Live } from './wire.ts'

/** The state of the live feed: it connects again by itself. */
export type LiveStatus = 'off' | 'connecting' | 'connected'

type Listener<Name extends keyof Live> = (data: Live[Name]) => void

const NAMES: (keyof Live)[] = ['event', 'queues', 'policy']
/** Messages that are kept for pages that open later. */
const KEPT = 200

const listeners = new Set<{ name: string; listener: (data: never) => void }>()
const statusListeners = new Set<(status: LiveStatus) => void>()
let status: LiveStatus = 'off'
const kept: { [Name in keyof Live]: Live[Name][] } = { event: [], queues: [], policy: [] }

/** Connects to the feed of a local cloud. */
export function startLive(): void {
  const source = new EventSource('/live')
  change('connecting')
  source.onopen = () => change('connected')
  source.onerror = () => change('connecting')
  for (const name of NAMES) source.addEventListener(name, ({ data }) => receive(name, JSON.parse(data)))
}

/**
 * Calls back with each message of a kind: `event` (on any bus), `queues` (their depths) or `policy` (a retry, a breaker,
 * a fault). Returns a function that ends it.
 *
 * @example
 * const stop = onLive('event', (event) => console.log(event.type))
 */
export function onLive<Name extends keyof Live>(name: Name, listener: Listener<Name>): () => void {
  const entry = { name, listener: listener as (data: never) => void }
  listeners.add(entry)
  return () => listeners.delete(entry)
}

/** Returns the messages of a kind so far, the newest first, up to 200. */
export function received<Name extends keyof Live>(name: Name): readonly Live[Name][] {
  return kept[name]
}

/** Calls back now and after each change of the feed's state; returns a function that ends it. */
export function onLiveStatus(listener: (status: LiveStatus) => void): () => void {
  statusListeners.add(listener)
  listener(status)
  return () => statusListeners.delete(listener)
}

function receive<Name extends keyof Live>(name: Name, data: Live[Name]): void {
  kept[name].unshift(data)
  kept[name].length = Math.min(kept[name].length, name === 'queues' ? 1 : KEPT)
  for (const entry of listeners) if (entry.name === name) entry.listener(data as never)
}

function change(next: LiveStatus): void {
  status = next
  for (const listener of statusListeners) listener(next)
}
