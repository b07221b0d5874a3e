import { createHash } from 'node:crypto'
import type { HttpResponse } from './response.ts'

const REFERENCES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Escapes a text for use between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => REFERENCES[character] ?? '')
}

export interface HtmlPage {
  status: number
  html: string
  /** The exact text of the page's only `<style>`, which the policy allows by its hash. */
  style: string
}

/** A tag for the head of a page without a form: no form can be submitted, even if one is injected. */
export const NO_FORMS = `<meta http-equiv="content-security-policy" content="form-action 'none'">`

/**
 * Builds the response with a page, whose policy (Content Security Policy Level 3) allows its style and its forms, and
 * nothing else: no script, no framing, no external content.
 *
 * `form-action` is left to `NO_FORMS`: Chromium applies it to every redirect that follows a form, so that any value
 * would block a visitor's way to a link's target, or to the app that the target opens.
 */
export function htmlResponse({ status, html, style }: HtmlPage): HttpResponse {
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }
  return { status, headers, body: html }
}
