import { LETTER } from '../../../live/seat-statuses.ts';
import { bandOf, type PriceBand } from '../model/bands.ts';
import { buildGridIndex } from '../model/grid-index.ts';
import type { SeatLayout } from '../model/layout.ts';
import { type Direction, neighbour } from '../model/neighbour.ts';
import { toPlan } from '../model/viewport.ts';
import { createBitmap, isFar } from './bitmap.ts';
import { type Camera, createCamera } from './camera.ts';
import { type Gestures, listenToGestures } from './gestures.ts';
import { prefersReducedMotion } from './motion.ts';
import { createFades, drawOverlay } from './overlay.ts';
import { readPalette } from './palette.ts';
import type { SceneData } from './scene.ts';
import { createPointing, type Pointing } from './pointing.ts';
import { changeLetter, takeLetters } from './seat-letters.ts';

export type MapView = {
  setLetters: (letters: Uint8Array) => void;
  changeSeats: (seats: number[], letters: Uint8Array) => void;
  /** Seats drawn as the visitor's own: chosen or held. */
  setMine: (seats: ReadonlySet<number>) => void;
  focusSeat: (seat: number) => void;
  moveFocus: (direction: Direction) => void;
  zoom: (factor: number) => void;
  fit: () => void;
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

/** The seat nearest to a place of the plan, however far; -1 for an empty plan. */
function nearestAnywhere({ layout, grid }: SceneData, x: number, y: number): number {
  for (let reach = layout.pitch * 2; reach < layout.pitch * 8192; reach *= 2) {
    const seat = grid.nearest(x, y, reach);
    if (seat >= 0) return seat;
  }
  return -1;
}

function gesturesOf(camera: Camera, pointing: Pointing): Gestures {
  return {
    onStart: camera.halt,
    onPan: camera.pan,
    onFling: camera.fling,
    onZoom: camera.zoomBy,
    onTap: pointing.tap,
    onDoubleTap: pointing.doubleTap,
    onHover: pointing.hover,
    onLeave: pointing.leave,
  };
}

/** Calls back when the frame has another size, and when colours or faces are no longer those drawn with. */
function watchSurroundings(frame: HTMLElement, onResize: () => void, onLook: () => void, signal: AbortSignal): void {
  const sizes = new ResizeObserver(onResize);
  sizes.observe(frame);
  signal.addEventListener('abort', () => sizes.disconnect());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onLook, { signal });
  document.fonts.ready.then(onLook).catch(() => undefined);
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
  const frame = canvas.parentElement ?? canvas;
  const data = sceneData(layout, bands, currency);
  const camera = createCamera(layout, requestFrame);
  const fades = createFades();
  const bitmap = createBitmap(data, () => palette);
  const stop = new AbortController();
  const pointing = createPointing(data, camera, {
    onPick: events.onPick,
    onHover(seat, x, y) {
      canvas.classList.toggle('cursor-pointer', seat >= 0);
      events.onHover(seat, x, y);
      requestFrame();
    },
  });
  let palette = readPalette(frame);
  let ratio = 1;
  let mine: ReadonlySet<number> = new Set();
  let focused = -1;
  let frameRequest = 0;

  function requestFrame(): void {
    if (frameRequest === 0) frameRequest = requestAnimationFrame(render);
  }

  function redraw(): void {
    bitmap.invalidate();
    requestFrame();
  }

  function render(nowMs: number): void {
    frameRequest = 0;
    if (context === null) return;
    const isMoving = camera.step(nowMs);
    const view = camera.view();
    context.clearRect(0, 0, canvas.width, canvas.height);
    const isStretched = bitmap.paint(context, view, camera.size(), ratio, nowMs);
    const scene = { context, data, sprites: bitmap.sprites(), view, size: camera.size(), ratio, palette };
    const marks = { mine, hovered: pointing.hovered(), focused, isFar: isFar(layout, view), hasMinimap: camera.isZoomedIn() };
    const isFading = drawOverlay(scene, marks, fades, nowMs);
    if (isMoving || isStretched || isFading) requestFrame();
  }

  function resize(): void {
    const { width, height } = frame.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    ratio = Math.min(devicePixelRatio, 2);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    camera.resize({ width, height });
    redraw();
  }

  function exists(seat: number): boolean {
    return data.letters[seat] !== LETTER.blocked;
  }

  function focusSeat(seat: number): void {
    focused = seat;
    requestFrame();
    if (seat < 0) return;
    camera.showSeat(seat);
    events.onFocus(seat);
  }

  function moveFocus(direction: Direction): void {
    const middle = toPlan(camera.view(), camera.size().width / 2, camera.size().height / 2);
    const next =
      focused < 0 ? nearestAnywhere(data, middle.x, middle.y) : neighbour(layout, data.grid, focused, direction, exists);
    if (next >= 0) focusSeat(next);
  }

  function changeSeats(seats: number[], letters: Uint8Array): void {
    const nowMs = performance.now();
    const isStill = prefersReducedMotion();
    for (const seat of seats) {
      const before = changeLetter(data, seat, letters[seat]);
      if (before === null) continue;
      if (!isStill) fades.add(seat, before, nowMs);
      bitmap.repaintSeat(seat);
    }
    requestFrame();
  }

  function repaint(): void {
    palette = readPalette(frame);
    redraw();
  }

  listenToGestures(canvas, gesturesOf(camera, pointing), stop.signal);
  watchSurroundings(frame, resize, repaint, stop.signal);
  resize();

  return {
    setLetters(letters) {
      takeLetters(data, letters);
      redraw();
    },
    changeSeats,
    setMine(seats) {
      mine = seats;
      requestFrame();
    },
    focusSeat,
    moveFocus,
    zoom: camera.travelBy,
    fit: camera.fit,
    destroy() {
      stop.abort();
      cancelAnimationFrame(frameRequest);
    },
  };
}
