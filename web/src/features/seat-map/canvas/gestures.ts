export type Gestures = {
  onPan: (dx: number, dy: number) => void;
  /** The finger let go while moving: pixels per millisecond. */
  onFling: (vx: number, vy: number) => void;
  onZoom: (factor: number, x: number, y: number) => void;
  onTap: (x: number, y: number, isTouch: boolean) => void;
  onDoubleTap: (x: number, y: number) => void;
  onHover: (x: number, y: number) => void;
  onLeave: () => void;
  /** Something was touched: a movement under way stops. */
  onStart: () => void;
};

const DOUBLE_TAP_MS = 280;
const TAP_SLACK_PX = 7;

type Point = { x: number; y: number };

/** Mouse, pen, touch and wheel on one element, told apart into what the map understands. */
export function listenToGestures(element: HTMLElement, gestures: Gestures, signal: AbortSignal): void {
  const pointers = new Map<number, Point>();
  let start: Point | null = null;
  let isDrag = false;
  let lastTap: (Point & { at: number }) | null = null;
  let velocity = { x: 0, y: 0, at: 0 };

  const local = (event: PointerEvent | WheelEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const pair = (): [Point, Point] | null => {
    const [a, b] = [...pointers.values()];
    return a !== undefined && b !== undefined ? [a, b] : null;
  };

  function down(event: PointerEvent): void {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    gestures.onStart();
    const point = local(event);
    pointers.set(event.pointerId, point);
    start = point;
    isDrag = pointers.size > 1;
    velocity = { x: 0, y: 0, at: event.timeStamp };
  }

  function pinch(before: [Point, Point], after: [Point, Point]): void {
    const distance = ([a, b]: [Point, Point]): number => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
    const middle = ([a, b]: [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    const [from, to] = [middle(before), middle(after)];
    gestures.onPan(to.x - from.x, to.y - from.y);
    gestures.onZoom(distance(after) / distance(before), to.x, to.y);
  }

  function move(event: PointerEvent): void {
    const point = local(event);
    const known = pointers.get(event.pointerId);
    if (known === undefined) {
      if (event.pointerType === 'mouse') gestures.onHover(point.x, point.y);
      return;
    }
    const before = pair();
    pointers.set(event.pointerId, point);
    const after = pair();
    if (before !== null && after !== null) return pinch(before, after);
    if (!isDrag && start !== null && Math.hypot(point.x - start.x, point.y - start.y) < TAP_SLACK_PX) return;
    isDrag = true;
    const elapsed = Math.max(1, event.timeStamp - velocity.at);
    const blend = (old: number, moved: number): number => old * 0.6 + (moved / elapsed) * 0.4;
    velocity = { x: blend(velocity.x, point.x - known.x), y: blend(velocity.y, point.y - known.y), at: event.timeStamp };
    gestures.onPan(point.x - known.x, point.y - known.y);
  }

  function up(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size > 0) return;
    const point = local(event);
    if (isDrag) {
      if (event.timeStamp - velocity.at < 60) gestures.onFling(velocity.x, velocity.y);
      return;
    }
    const isSecond =
      lastTap !== null &&
      event.timeStamp - lastTap.at < DOUBLE_TAP_MS &&
      Math.hypot(point.x - lastTap.x, point.y - lastTap.y) < 24;
    lastTap = isSecond ? null : { ...point, at: event.timeStamp };
    if (isSecond) gestures.onDoubleTap(point.x, point.y);
    else gestures.onTap(point.x, point.y, event.pointerType === 'touch');
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault();
    gestures.onStart();
    const point = local(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
    // A pinch on a trackpad arrives as a wheel with ctrl and small steps.
    const strength = event.ctrlKey ? 0.01 : 0.0016;
    gestures.onZoom(Math.exp(-event.deltaY * lines * strength), point.x, point.y);
  }

  element.addEventListener('pointerdown', down, { signal });
  element.addEventListener('pointermove', move, { signal });
  element.addEventListener('pointerup', up, { signal });
  element.addEventListener('pointercancel', (event) => pointers.delete(event.pointerId), { signal });
  element.addEventListener('pointerleave', () => gestures.onLeave(), { signal });
  element.addEventListener('wheel', wheel, { signal, passive: false });
}
