import { LETTER } from '../../../live/seat-statuses.ts';
import { buildGridIndex } from '../model/grid-index.ts';
import { bandOf, type PriceBand } from '../model/bands.ts';
import type { SeatLayout } from '../model/layout.ts';
import { type Direction, neighbour } from '../model/neighbour.ts';
import { centerOn, clampViewport, CLOSEST_PITCH_PX, fitViewport, toPlan, type Viewport, zoomAt } from '../model/viewport.ts';
import { createBitmap, isFar } from './bitmap.ts';
import { listenToGestures } from './gestures.ts';
import { glide, type Motion, prefersReducedMotion, travel } from './motion.ts';
import { createFades, drawMineFar, drawMinimap, drawRing, placeOf } from './overlay.ts';
import { readPalette } from './palette.ts';
import type { SceneData } from './scene.ts';

/** Seats are taken by a tap only when they are far enough apart to be hit; before, a tap comes closer. */
const MOUSE_HIT_PX = 8;
const TOUCH_HIT_PX = 15;
const COMFORTABLE_PITCH_PX = 24;

export type MapView = {
  setLetters: (letters: Uint8Array) => void;
  changeSeats: (seats: number[], letters: Uint8Array) => void;
  /** Seats drawn as the visitor's own: chosen or held. */
  setMine: (seats: ReadonlySet<number>) => void;
  focusSeat: (seat: number) => void;
  moveFocus: (direction: Direction) => void;
  zoom: (factor: number) => void;
  fit: () => void;
  freeBySection: () => Int32Array;
  destroy: () => void;
};

export type MapViewEvents = {
  onPick: (seat: number) => void;
  onFocus: (seat: number) => void;
  /** The seat under the mouse and its place on the canvas; -1 for none. */
  onHover: (seat: number, x: number, y: number) => void;
};

function sceneData(layout: SeatLayout, bands: PriceBand[], currency: string): SceneData {
  return {
    layout,
    grid: buildGridIndex(layout.x, layout.y, layout.pitch * 4),
    letters: new Uint8Array(layout.count).fill(LETTER.allocated),
    band: Uint8Array.from(layout.priceCents, (cents) => bandOf(bands, cents)),
    sectionBand: Uint8Array.from(layout.sections, (section) => bandOf(bands, section.fromCents)),
    freeBySection: new Int32Array(layout.sections.length),
    currency,
  };
}

/**
 * The seat map on one canvas: owns its pixels, its view and the fingers on it, and knows nothing of React.
 * Seat i is the seat with seatId i + 1.
 */
export function createMapView(
  canvas: HTMLCanvasElement,
  layout: SeatLayout,
  bands: PriceBand[],
  currency: string,
  events: MapViewEvents,
): MapView {
  const context = canvas.getContext('2d');
  const data = sceneData(layout, bands, currency);
  const frame = canvas.parentElement ?? canvas;
  const stop = new AbortController();
  let palette = readPalette(frame);
  const bitmap = createBitmap(data, () => palette);
  const fades = createFades();
  let size = { width: 1, height: 1 };
  let ratio = 1;
  let view: Viewport = { scale: 1, shiftX: 0, shiftY: 0 };
  let fitted: Viewport = view;
  let isFitted = true;
  let motion: Motion | null = null;
  let destination: Viewport | null = null;
  let mine: ReadonlySet<number> = new Set();
  let focused = -1;
  let hovered = -1;
  let frameRequest = 0;

  const pitchPx = (): number => layout.pitch * view.scale;
  const exists = (seat: number): boolean => data.letters[seat] !== LETTER.blocked;
  const mostScale = (): number => Math.max(fitted.scale, CLOSEST_PITCH_PX / layout.pitch);

  function requestFrame(): void {
    if (frameRequest === 0) frameRequest = requestAnimationFrame(render);
  }

  function setView(next: Viewport): void {
    view = clampViewport(next, layout.bounds, size);
    isFitted = false;
    requestFrame();
  }

  function moveTo(target: Viewport): void {
    destination = clampViewport(target, layout.bounds, size);
    isFitted = false;
    if (prefersReducedMotion()) setView(destination);
    else motion = travel(view, destination, performance.now());
    requestFrame();
  }

  function stepMotion(nowMs: number): void {
    if (motion === null) return;
    const next = motion(nowMs);
    view = clampViewport(next ?? destination ?? view, layout.bounds, size);
    if (next !== null) return;
    motion = null;
    destination = null;
  }

  function drawOverlay(c: CanvasRenderingContext2D, nowMs: number): boolean {
    const far = isFar(layout, view);
    const sprites = bitmap.sprites();
    const isFading = far ? false : fades.draw(c, data, sprites, view, ratio, nowMs);
    if (far) drawMineFar(c, layout, mine, view, ratio, palette);
    const radius = Math.max(6, Math.min(pitchPx() * 0.39, 15) + 3) * ratio;
    if (!far) {
      for (const seat of mine) {
        const { x, y } = placeOf(layout, seat, view, ratio);
        sprites.draw(c, sprites.mine, x, y);
      }
    }
    for (const [seat, width] of [
      [hovered, 1.5],
      [focused, 2.5],
    ] as const) {
      if (seat < 0 || far) continue;
      const { x, y } = placeOf(layout, seat, view, ratio);
      drawRing(c, x, y, radius, width * ratio, palette.ink);
    }
    if (view.scale > fitted.scale * 1.3) drawMinimap(c, layout, view, size, ratio, palette);
    return isFading;
  }

  function render(nowMs: number): void {
    frameRequest = 0;
    if (context === null) return;
    stepMotion(nowMs);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const isStretched = bitmap.paint(context, view, size, ratio, nowMs);
    const isFading = drawOverlay(context, nowMs);
    if (isStretched || isFading || motion !== null) requestFrame();
  }

  function resize(): void {
    const box = frame.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return;
    ratio = Math.min(devicePixelRatio, 2);
    const middle = toPlan(view, size.width / 2, size.height / 2);
    size = { width: box.width, height: box.height };
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    fitted = fitViewport(layout.bounds, size, layout.pitch, Math.min(28, size.width * 0.04));
    view = isFitted ? fitted : clampViewport(centerOn(view, middle.x, middle.y, size), layout.bounds, size);
    bitmap.invalidate();
    requestFrame();
  }

  function seatAt(x: number, y: number, reachPx: number): number {
    const point = toPlan(view, x, y);
    const seat = data.grid.nearest(point.x, point.y, Math.max(layout.pitch * 0.6, reachPx / view.scale));
    return seat >= 0 && exists(seat) ? seat : -1;
  }

  function comeCloser(x: number, y: number): void {
    const nearest = toPlan(view, x, y);
    const scale = Math.min(mostScale(), Math.max(view.scale * 1.8, COMFORTABLE_PITCH_PX / layout.pitch));
    moveTo(centerOn({ ...view, scale }, nearest.x, nearest.y, size));
  }

  function tap(x: number, y: number, isTouch: boolean): void {
    const canComeCloser = view.scale < mostScale();
    if (canComeCloser && pitchPx() < (isTouch ? TOUCH_HIT_PX : MOUSE_HIT_PX)) return comeCloser(x, y);
    const seat = seatAt(x, y, isTouch ? 16 : 0);
    if (seat >= 0) events.onPick(seat);
  }

  function hover(x: number, y: number): void {
    const seat = pitchPx() < MOUSE_HIT_PX ? -1 : seatAt(x, y, 0);
    if (seat === hovered) return;
    hovered = seat;
    canvas.classList.toggle('cursor-pointer', seat >= 0);
    const place = seat < 0 ? { x: 0, y: 0 } : placeOf(layout, seat, view, 1);
    events.onHover(seat, place.x, place.y);
    requestFrame();
  }

  function focusSeat(seat: number): void {
    focused = seat;
    requestFrame();
    if (seat < 0) return;
    const scale = Math.max(view.scale, Math.min(mostScale(), COMFORTABLE_PITCH_PX / layout.pitch));
    const { x, y } = placeOf(layout, seat, view, 1);
    const isInside = x > 60 && y > 60 && x < size.width - 60 && y < size.height - 60;
    if (!isInside || scale !== view.scale) moveTo(centerOn({ ...view, scale }, layout.x[seat] ?? 0, layout.y[seat] ?? 0, size));
    events.onFocus(seat);
  }

  function nearestToMiddle(): number {
    const middle = toPlan(view, size.width / 2, size.height / 2);
    for (let reach = layout.pitch * 2; reach < layout.pitch * 4096; reach *= 2) {
      const seat = data.grid.nearest(middle.x, middle.y, reach);
      if (seat >= 0) return seat;
    }
    return -1;
  }

  function moveFocus(direction: Direction): void {
    const next = focused < 0 ? nearestToMiddle() : neighbour(layout, data.grid, focused, direction, exists);
    if (next >= 0) focusSeat(next);
  }

  function recount(): void {
    data.freeBySection.fill(0);
    for (let i = 0; i < layout.count; i += 1) {
      const section = layout.section[i] ?? 0;
      if (data.letters[i] === LETTER.available) data.freeBySection[section] = (data.freeBySection[section] ?? 0) + 1;
    }
  }

  function setLetters(letters: Uint8Array): void {
    data.letters.set(letters.subarray(0, layout.count));
    recount();
    bitmap.invalidate();
    requestFrame();
  }

  function changeSeats(seats: number[], letters: Uint8Array): void {
    const nowMs = performance.now();
    for (const seat of seats) {
      const before = data.letters[seat];
      const after = letters[seat];
      if (before === undefined || after === undefined || before === after) continue;
      const step = Number(after === LETTER.available) - Number(before === LETTER.available);
      const section = layout.section[seat] ?? 0;
      data.freeBySection[section] = (data.freeBySection[section] ?? 0) + step;
      data.letters[seat] = after;
      if (!prefersReducedMotion()) fades.add(seat, before, nowMs);
      bitmap.repaintSeat(seat);
    }
    requestFrame();
  }

  function repaintTheme(): void {
    palette = readPalette(frame);
    bitmap.invalidate();
    requestFrame();
  }

  listenToGestures(
    canvas,
    {
      onStart: () => {
        motion = null;
        destination = null;
      },
      onPan: (dx, dy) => setView({ ...view, shiftX: view.shiftX + dx, shiftY: view.shiftY + dy }),
      onFling: (vx, vy) => {
        if (prefersReducedMotion() || Math.hypot(vx, vy) < 0.15) return;
        motion = glide(view, vx, vy, performance.now());
        requestFrame();
      },
      onZoom: (factor, x, y) => setView(zoomAt(view, factor, x, y, fitted.scale * 0.9, mostScale())),
      onTap: tap,
      // Where seats are big enough to be taken, a second tap is one more tap on a seat.
      onDoubleTap: (x, y) => (pitchPx() >= TOUCH_HIT_PX ? tap(x, y, false) : comeCloser(x, y)),
      onHover: hover,
      onLeave: () => hover(-1e6, -1e6),
    },
    stop.signal,
  );
  const sizes = new ResizeObserver(resize);
  sizes.observe(frame);
  const darkness = matchMedia('(prefers-color-scheme: dark)');
  darkness.addEventListener('change', repaintTheme, { signal: stop.signal });
  document.fonts.ready.then(repaintTheme).catch(() => undefined);
  resize();

  return {
    setLetters,
    changeSeats,
    setMine(seats) {
      mine = seats;
      requestFrame();
    },
    focusSeat,
    moveFocus,
    zoom: (factor) => moveTo(zoomAt(view, factor, size.width / 2, size.height / 2, fitted.scale * 0.9, mostScale())),
    fit() {
      moveTo(fitted);
      isFitted = true;
    },
    freeBySection: () => data.freeBySection,
    destroy() {
      stop.abort();
      sizes.disconnect();
      cancelAnimationFrame(frameRequest);
    },
  };
}
