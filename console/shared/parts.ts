import { html, nothing, type TemplateResult } from 'lit'

/** The colours of a state; its text always says the same. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet'

export function badge(text: string, tone: Tone = 'quiet'): TemplateResult {
  return html`<span class="badge ${tone}">${text}</span>`
}

/** Shows the status of an HTTP answer. */
export function statusBadge(status: number): TemplateResult {
  return badge(String(status), status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good')
}

/** Links a call or an event to its trace. */
export function traceLink(traceId: string, text = 'trace'): TemplateResult {
  return html`<a href="#/trace/${traceId}" aria-label=${`Trace ${traceId}`}>${text}</a>`
}

/** Shows a problem, and announces it; the empty place is there before, because screen readers ask for that. */
export function problemBox(problem: string): TemplateResult {
  return html`<div role="alert">${problem ? html`<p class="problem">${problem}</p>` : nothing}</div>`
}

/** Says that there is nothing to show yet, and how to change that. */
export function empty(text: string | TemplateResult): TemplateResult {
  return html`<p class="empty">${text}</p>`
}

/** Frames content with a title. */
export function card(title: string, content: unknown, aside: unknown = nothing): TemplateResult {
  return html`<div class="card">
    <div class="head"><h2>${title}</h2>${aside}</div>
    ${content}
  </div>`
}

export interface Column<Row> {
  title: string
  cell: (row: Row) => unknown
  /** True for numbers, which are aligned at their end. */
  isNumber?: boolean
}

/** Draws a table that scrolls by itself where the window is narrow. */
export function table<Row>(label: string, columns: readonly Column<Row>[], rows: readonly Row[]): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead>
        <tr>${columns.map(({ title, isNumber }) => html`<th scope="col" class=${isNumber ? 'number' : ''}>${title}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>${columns.map(({ cell, isNumber }) => html`<td class=${isNumber ? 'number' : ''}>${cell(row)}</td>`)}</tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
