import { html, type TemplateResult } from 'lit'
import { timeOfDay } from '../shared/format.ts'
import { badge, empty, type Tone, table } from '../shared/parts.ts'
import type { Notification, Why } from './scenario.ts'

const TONES: Record<string, Tone> = {
  ...{ delivered: 'good', sent: 'good', failed: 'bad', expired: 'bad' },
  ...{ suppressed: 'warn', cancelled: 'warn', deferred: 'warn', digesting: 'warn', unconfirmed: 'warn' },
}

export function statusOf(status: string): TemplateResult {
  return badge(status, TONES[status] ?? 'quiet')
}

export function isFinal(status: string): boolean {
  return ['sent', 'delivered', 'unconfirmed', 'failed', 'suppressed', 'cancelled', 'expired'].includes(status)
}

export function channels({ channels: all }: Notification): TemplateResult {
  return table(
    'Channels of the notification',
    [
      { title: 'Channel', cell: ([channel]) => channel },
      { title: 'Status', cell: ([, { status }]) => statusOf(status) },
      { title: 'Reason', cell: ([, { reason }]) => reason ?? '' },
      { title: 'Provider', cell: ([, { provider }]) => provider ?? '' },
      { title: 'Attempts', cell: ([, { attempts }]) => attempts, isNumber: true },
    ],
    Object.entries(all),
  )
}

export function timeline({ timeline: entries }: Notification): TemplateResult {
  return table(
    'Events of the notification',
    [
      { title: 'Time', cell: ({ at }) => timeOfDay(at) },
      { title: 'Event', cell: ({ event }) => event },
      { title: 'Channel', cell: ({ channel }) => channel ?? '' },
      { title: 'Detail', cell: ({ detail }) => detail ?? '' },
    ],
    entries,
  )
}

export function why({ channels: all }: Why): TemplateResult {
  const rows = all.flatMap(({ channel, used, decisive, rules }) =>
    rules.map((each) => ({ ...each, channel, used, isDecisive: each.rule === decisive })),
  )
  if (rows.length === 0) return empty('No channel was judged yet.')
  return table(
    'Rules that decided',
    [
      { title: 'Channel', cell: ({ channel }) => channel },
      { title: 'Rule', cell: ({ rule, isDecisive }) => (isDecisive ? html`<strong>${rule}</strong>` : rule) },
      { title: 'Outcome', cell: ({ outcome }) => badge(outcome, outcome === 'pass' ? 'good' : 'warn') },
      { title: 'Detail', cell: ({ detail }) => detail },
      { title: 'Decisive', cell: ({ isDecisive }) => (isDecisive ? 'decisive' : '') },
    ],
    rows,
  )
}
