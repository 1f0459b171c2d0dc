import { h } from '../dom.js';

/** A list of label and value. */
export function factList(facts: readonly (readonly [label: string, value: string | Node])[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([label, value]) => [h('dt', {}, label), h('dd', {}, value)]),
  );
}
