/** The ways in which a notification reaches a person. */
export const CHANNELS = ['email', 'sms', 'push', 'webhook', 'inapp'] as const

export type Channel = (typeof CHANNELS)[number]

export const PRIORITIES = ['critical', 'normal', 'bulk'] as const

export type Priority = (typeof PRIORITIES)[number]

/** Channels that reach a person at once, wherever they are: quiet hours hold for these alone. */
export const DISTURBING: ReadonlySet<Channel> = new Set(['email', 'sms', 'push'])
