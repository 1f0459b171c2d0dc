import uPlot from 'uplot';
import type { PlotSize } from './plot-options.js';

const SMALLEST = { width: 200, height: 40 };

/** One uPlot in an element whose size it follows. Made when the element is first seen with a size. */
export class PlotHost {
  readonly element: HTMLElement;
  readonly #options: (size: PlotSize) => uPlot.Options;
  #plot: uPlot | null = null;
  #data: uPlot.AlignedData | null = null;
  #window: { min: number; max: number } | null = null;

  constructor(element: HTMLElement, options: (size: PlotSize) => uPlot.Options) {
    this.element = element;
    this.#options = options;
    new ResizeObserver(() => this.#resized()).observe(element);
  }

  get plot(): uPlot | null {
    return this.#plot;
  }

  /** True when the element has a place on the page. */
  get visible(): boolean {
    return this.element.clientWidth > 0;
  }

  show(data: uPlot.AlignedData, min: number, max: number): void {
    this.#data = data;
    this.#window = { min, max };
    if (!this.visible) return;
    if (this.#plot === null) this.#create();
    else this.#plot.setData(data, false);
    this.#plot?.setScale('x', this.#window);
  }

  move(min: number, max: number): void {
    this.#window = { min, max };
    this.#plot?.setScale('x', this.#window);
  }

  /** Takes the colours and sizes of the theme that is now in force. */
  retheme(): void {
    this.#plot?.redraw(false, true);
  }

  #create(): void {
    if (this.#data === null || this.#window === null) return;
    this.#plot = new uPlot(this.#options(this.#size()), this.#data, this.element);
    this.#plot.setScale('x', this.#window);
  }

  #size(): PlotSize {
    return {
      width: Math.max(SMALLEST.width, this.element.clientWidth),
      height: Math.max(SMALLEST.height, this.element.clientHeight),
    };
  }

  #resized(): void {
    if (!this.visible) return;
    if (this.#plot === null) this.#create();
    else this.#plot.setSize(this.#size());
  }
}
