import { createHash } from 'node:crypto'
import type { HttpResponse } from './response.ts'

const REFERENCES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A text as it is written between tags, or in an attribute's quotes: whatever is in it, it stays text. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => REFERENCES[character] ?? '')
}

export interface HtmlPage {
  status: number
  html: string
  /** The text of the page's only `<style>`, exactly: its hash allows it. */
  style: string
}

/** In the head of a page without a form: it has none that can be sent, whatever gets into it. */
export const NO_FORMS = `<meta http-equiv="content-security-policy" content="form-action 'none'">`

/**
 * A page for people, with a policy (Content Security Policy Level 3) that allows its style and its forms, and nothing
 * else: no script, no frame around it, nothing from elsewhere.
 *
 * `form-action` is left to `NO_FORMS`: Chromium applies it to every redirect that follows a form, so that any value of
 * it would stop somebody on the way to a link's target, or to the app that the target opens.
 */
export function htmlResponse({ status, html, style }: HtmlPage): HttpResponse {
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
  return { status, headers, body: html }
}
