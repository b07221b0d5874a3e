/** The events that tell what became of a channel, without the prefix `notification.notification.`. */
export type Outcome = 'deferred' | 'sent' | 'delivered' | 'bounced' | 'failed' | 'suppressed' | 'cancelled' | 'expired'
