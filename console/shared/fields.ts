import { html, type TemplateResult } from 'lit'

interface NumberField {
  label: string
  name: string
  value: number
  min: number
  max: number
}

export function numberField({ label, name, value, min, max }: NumberField): TemplateResult {
  return html`<label>
    ${label} <input name=${name} type="number" required min=${min} max=${max} .value=${String(value)}>
  </label>`
}

interface SelectField {
  label: string
  name: string
  values: readonly string[]
  chosen: string
}

export function selectField({ label, name, values, chosen }: SelectField): TemplateResult {
  return html`<label>
    ${label}
    <select name=${name}>
      ${values.map((value) => html`<option ?selected=${value === chosen}>${value}</option>`)}
    </select>
  </label>`
}
