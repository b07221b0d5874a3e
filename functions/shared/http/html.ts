import { createHash } from 'node:crypto'
import type { HttpResponse } from './response.ts'

const REFERENCES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A text as it is written between tags, or in an attribute's quotes: whatever is in it, it stays text. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => REFERENCES[character] ?? '')
}

/** What an `Accept` header asks for: a browser names `text/html`, programs ask for JSON or for anything. */
export function wantsHtml(accept: string | undefined): boolean {
  return /\btext\/html\b/i.test(accept ?? '')
}

export interface HtmlPage {
  status: number
  html: string
  /** The text of the page's only `<style>`, exactly: its hash allows it. */
  style: string
}

/**
 * A page for people, with a policy (Content Security Policy Level 3) that allows its style and its forms, and nothing
 * else: no script, no frame around it, nothing from elsewhere.
 *
 * Forms may lead anywhere on the web: Chromium applies `form-action` to every redirect after a form was sent. A page
 * without a form forbids them by a `<meta>` of its own.
 */
export function htmlResponse({ status, html, style }: HtmlPage): HttpResponse {
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    'img-src data:',
    "base-uri 'none'",
    "frame-ancestors 'none'",
    'form-action http: https:',
  ]
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy.join('; ') }
  return { status, headers, body: html }
}
