import { html, type TemplateResult } from 'lit'
import '../shared/chart.ts'
import { count } from '../shared/format.ts'
import { empty, table } from '../shared/parts.ts'
import type { Stats } from './links.ts'

/** Draws the visits of a link over time, by device and by country. */
export function statsPart({
  byDevice,
  byCountry,
}: {
  byDevice: Stats | undefined
  byCountry: Stats | undefined
}): TemplateResult {
  if (!byDevice || !byCountry) return empty('Reading …')
  const { clicks, bots, series } = byDevice
  const data = {
    label: `${count(clicks, 'visit')} in the last day, by the hour`,
    x: series.map(({ at }) => Date.parse(at) / 1000),
    isTime: true,
    series: [{ title: 'visits', values: series.map((each) => each.clicks), tone: 'action', kind: 'bars' }],
  }
  return html`
    <p>${count(clicks, 'visit')} by people, ${count(bots, 'visit')} by bots.</p>
    <stackyard-chart .data=${data}></stackyard-chart>
    <div class="halves">
      ${groupsPart('Device', byDevice)}
      <div>
        ${groupsPart('Country', byCountry)}
        <p class="hint">The edge tells the country; without one, as in the local cloud, it is unknown.</p>
      </div>
    </div>
  `
}

function groupsPart(title: string, { groups = [] }: Stats): TemplateResult {
  if (groups.length === 0) return empty(`No visit has been counted by ${title.toLowerCase()} yet.`)
  const most = Math.max(...groups.map(({ clicks }) => clicks))
  return table(
    title,
    [
      { title, cell: ({ value }) => value },
      {
        title: 'Share',
        cell: ({ clicks }) =>
          html`<div class="track"><div class="bar function" .style=${`left: 0; width: ${(100 * clicks) / most}%`}></div></div>`,
      },
      { title: 'Visits', cell: ({ clicks }) => String(clicks), isNumber: true },
    ],
    groups,
  )
}
