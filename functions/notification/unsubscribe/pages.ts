import { escapeHtml, htmlResponse, NO_FORMS } from '../../shared/http/html.ts'
import type { ProblemPage } from '../../shared/http/pages.ts'
import type { HttpResponse } from '../../shared/http/response.ts'

const STYLE = `
:root{color-scheme:light dark;--card:light-dark(#fff,#1d2128);--text:light-dark(#1b1f26,#eceef2);--link:light-dark(#1450b8,#8ab6ff)}
body{margin:0;padding:10vh 1rem 2rem;background:light-dark(#f5f6f8,#14171c);color:var(--text);font:1.0625rem/1.6 system-ui,sans-serif}
main{max-width:29rem;margin:auto;padding:clamp(1.25rem,6vw,2.5rem);background:var(--card);border-radius:1rem;overflow-wrap:anywhere}
h1{margin:0;font-size:1.5rem;line-height:1.3}
p{margin:.6rem 0 1.25rem}
main :last-child{margin-bottom:0}
button{padding:.6rem 1rem;font:inherit;font-weight:600;border:0;border-radius:.5rem;background:var(--link);color:var(--card);cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
`

/** Asks whether a mailbox is to get no more mail of a category. */
export function questionPage(category: string): HttpResponse {
  const form = '<form method="post"><button>Unsubscribe</button></form>'
  const question = `<p>Do you want to stop receiving <strong>${escapeHtml(category)}</strong> emails?</p>`
  return page({ status: 200, title: 'Unsubscribe?', content: question + form, head: '' })
}

/** Says that a mailbox gets no more mail of a category. */
export function donePage(category: string): HttpResponse {
  const content = `<p>You will no longer receive <strong>${escapeHtml(category)}</strong> emails.</p>`
  return page({ status: 200, title: 'You are unsubscribed', content, head: NO_FORMS })
}

/** Says why there is no page at an address, or why a link to unsubscribe does nothing. */
export const problemPage: ProblemPage = ({ status, detail }) =>
  page({ status, title: 'This did not work', content: `<p>${escapeHtml(detail)}</p>`, head: NO_FORMS })

function page({ status, title, content, head }: { status: number; title: string; content: string; head: string }) {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`
  return htmlResponse({ status, html, style: STYLE })
}
