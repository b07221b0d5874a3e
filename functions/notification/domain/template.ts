import type { Channel } from './channel.ts'

/** The parts that a template has for each channel. */
export interface TemplateParts {
  readonly email?: { readonly subject: string; readonly html?: string; readonly text: string }
  readonly sms?: { readonly text: string }
  readonly push?: { readonly title: string; readonly body: string }
  readonly inapp?: { readonly title: string; readonly body: string; readonly url?: string }
  readonly webhook?: { readonly body: string }
}

/** One version of a template. */
export interface Template {
  readonly name: string
  readonly version: number
  /** True if it renders `{count, items}` of a digest. */
  readonly digest: boolean
  /** By locale, as in `fr-CA`; the default's name is the empty text. */
  readonly locales: Readonly<Record<string, TemplateParts>>
}

/** The texts of one channel, ready to send: `{subject, text, html?}`, `{text}`, `{title, body, url?}` or `{body}`. */
export type Rendered = Readonly<Record<string, string>>

export type RenderOutcome =
  | { readonly outcome: 'rendered'; readonly parts: Rendered; readonly segments?: number }
  /** A variable that is printed is no key of the data. */
  | { readonly outcome: 'missing'; readonly variable: string }
  /** The result can't be sent: a webhook's body that isn't JSON, or an SMS of more than 10 segments. */
  | { readonly outcome: 'unusable'; readonly message: string }
  /** The template has no parts for this channel. */
  | { readonly outcome: 'no-parts' }

/** Renders one channel of a template in the closest locale (`fr-CA`, `fr`, the default). */
export type Render = (
  template: Template,
  to: { readonly channel: Channel; readonly locale: string | null; readonly data: object },
) => RenderOutcome

/** Reads a version of a template, by default the newest, consistently; `undefined` if there is none. */
export type ReadTemplate = (
  id: { readonly tenant: string; readonly name: string; readonly version?: number },
  signal: AbortSignal,
) => Promise<Template | undefined>
