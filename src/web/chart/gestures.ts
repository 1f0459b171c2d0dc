/** What the charts can be made to do with a pointer, a wheel or two fingers. */
export interface GestureTarget {
  /** The instant under a place on the screen, epoch ms. */
  timeAt(clientX: number): number;
  /** How much time one pixel is, ms. */
  msPerPixel(): number;
  zoom(anchorMs: number, factor: number): void;
  pan(byMs: number): void;
}

const WHEEL_ZOOM = 0.002;

interface Finger {
  x: number;
}

/** Ctrl + wheel and pinching zoom; Shift + drag, a sideways wheel and one finger move. A plain wheel scrolls the page. */
export function listenToGestures(element: HTMLElement, target: GestureTarget): void {
  element.addEventListener('wheel', (event) => wheel(event, target), { passive: false });
  const fingers = new Map<number, Finger>();
  element.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch' && !event.shiftKey) return;
    fingers.set(event.pointerId, { x: event.clientX });
    if (event.pointerType !== 'touch') element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    const finger = fingers.get(event.pointerId);
    if (finger === undefined) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) target.pan((finger.x - event.clientX) * target.msPerPixel());
    else pinch(finger.x, event.clientX, other.x, target);
    finger.x = event.clientX;
  });
  const lifted = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
  };
  element.addEventListener('pointerup', lifted);
  element.addEventListener('pointercancel', lifted);
}

function wheel(event: WheelEvent, target: GestureTarget): void {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    target.zoom(target.timeAt(event.clientX), Math.exp(event.deltaY * WHEEL_ZOOM));
    return;
  }
  const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  if (!event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
  event.preventDefault();
  target.pan(sideways * target.msPerPixel());
}

function pinch(fromX: number, toX: number, otherX: number, target: GestureTarget): void {
  const before = Math.max(1, Math.abs(fromX - otherX));
  const after = Math.max(1, Math.abs(toX - otherX));
  target.zoom(target.timeAt((toX + otherX) / 2), before / after);
}
