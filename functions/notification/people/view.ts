import type * as z from 'zod/mini'
import type { Document } from '../domain/document.ts'
import type { Preferences, Profile, StoredEndpoint } from '../domain/person.ts'
import { toTime } from '../fields.ts'
import type {
  endpointAnswer,
  endpointChannel,
  preferencesAnswer,
  preferencesBody,
  userAnswer,
  userBody,
} from './schema.ts'

/** Builds the profile that a body asks for. */
export function toProfile({ email, phone, locale, zone }: z.output<typeof userBody>): Profile {
  return { email: email ?? null, phone: phone ?? null, locale: locale ?? null, zone: zone ?? null }
}

/** Shows a user as every route answers it. */
export function userView(id: string, { value, version, updatedAt }: Document<Profile>): z.output<typeof userAnswer> {
  return { id, ...value, version, updatedAt: toTime(updatedAt) }
}

/** Builds the preferences that a body asks for. */
export function toPreferences(body: z.output<typeof preferencesBody>): Preferences {
  const { categories, quietHours, digest, locale } = body
  return {
    categories: categories ?? {},
    quietHours: quietHours ? { ...quietHours, zone: quietHours.zone ?? null } : null,
    digest: digest ?? {},
    locale: locale ?? null,
  }
}

/** Shows preferences as every route answers them. */
export function preferencesView(preferences: Preferences): z.output<typeof preferencesAnswer> {
  const { categories, quietHours, digest, locale } = preferences
  return { categories: { ...categories }, quietHours, digest: { ...digest }, locale }
}

/** Shows an endpoint as every route answers it: without its secrets. */
export function endpointView(endpoint: StoredEndpoint): z.output<typeof endpointAnswer> {
  const { id, address, enabled, disabledReason, version, updatedAt } = endpoint
  const channel = endpoint.channel as z.output<typeof endpointChannel>
  return { id, channel, address, enabled, disabledReason, version, updatedAt: toTime(updatedAt) }
}
