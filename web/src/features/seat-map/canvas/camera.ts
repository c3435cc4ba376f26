import type { SeatLayout } from '../model/layout.ts';
import {
  centerOn,
  clampViewport,
  CLOSEST_PITCH_PX,
  fitViewport,
  type Size,
  toPlan,
  type Viewport,
  zoomAt,
} from '../model/viewport.ts';
import { glide, type Motion, prefersReducedMotion, travel } from './motion.ts';

/** Where seats can be told apart and hit without care. */
const COMFORTABLE_PITCH_PX = 24;
const SLOWEST_FLING = 0.15;
/** A focused seat nearer to the edge than this moves into the middle. */
const EDGE_PX = 60;

/** Which part of the plan is looked at, and its movements. */
export type Camera = {
  view: () => Viewport;
  size: () => Size;
  /** Distance of neighbouring seats on the screen now. */
  pitchPx: () => number;
  /** The plan is seen clearly closer than as a whole. */
  isZoomedIn: () => boolean;
  isClosest: () => boolean;
  pan: (dx: number, dy: number) => void;
  fling: (vx: number, vy: number) => void;
  zoomBy: (factor: number, atX?: number, atY?: number) => void;
  /** Travels by a factor around the middle of the screen. */
  travelBy: (factor: number) => void;
  /** Travels to where seats can be hit, around a point of the screen. */
  comeCloser: (x: number, y: number) => void;
  showSeat: (seat: number) => void;
  fit: () => void;
  halt: () => void;
  resize: (size: Size) => void;
  /** Moves on to this time; false once at rest. */
  step: (nowMs: number) => boolean;
};

export function createCamera(layout: SeatLayout, onMove: () => void): Camera {
  let size: Size = { width: 1, height: 1 };
  let view: Viewport = { scale: 1, shiftX: 0, shiftY: 0 };
  let fitted = view;
  let isFitted = true;
  let motion: Motion | null = null;
  let destination: Viewport | null = null;

  const clamp = (next: Viewport): Viewport => clampViewport(next, layout.bounds, size);
  const mostScale = (): number => Math.max(fitted.scale, CLOSEST_PITCH_PX / layout.pitch);
  const comfortableScale = (): number => Math.min(mostScale(), COMFORTABLE_PITCH_PX / layout.pitch);
  const zoomed = (factor: number, x: number, y: number): Viewport => zoomAt(view, factor, x, y, fitted.scale * 0.9, mostScale());

  function set(next: Viewport): void {
    view = clamp(next);
    isFitted = false;
    onMove();
  }

  function travelTo(target: Viewport): void {
    const clamped = clamp(target);
    isFitted = false;
    if (prefersReducedMotion()) return set(clamped);
    destination = clamped;
    motion = travel(view, clamped, performance.now());
    onMove();
  }

  function halt(): void {
    motion = null;
    destination = null;
  }

  return {
    view: () => view,
    size: () => size,
    pitchPx: () => layout.pitch * view.scale,
    isZoomedIn: () => view.scale > fitted.scale * 1.3,
    isClosest: () => view.scale >= mostScale(),
    pan: (dx, dy) => set({ ...view, shiftX: view.shiftX + dx, shiftY: view.shiftY + dy }),
    fling(vx, vy) {
      if (prefersReducedMotion() || Math.hypot(vx, vy) < SLOWEST_FLING) return;
      motion = glide(view, vx, vy, performance.now());
      onMove();
    },
    zoomBy: (factor, atX = size.width / 2, atY = size.height / 2) => set(zoomed(factor, atX, atY)),
    travelBy: (factor) => travelTo(zoomed(factor, size.width / 2, size.height / 2)),
    comeCloser(x, y) {
      const point = toPlan(view, x, y);
      const scale = Math.min(mostScale(), Math.max(view.scale * 1.8, COMFORTABLE_PITCH_PX / layout.pitch));
      travelTo(centerOn({ ...view, scale }, point.x, point.y, size));
    },
    showSeat(seat) {
      const [px, py] = [layout.x[seat] ?? 0, layout.y[seat] ?? 0];
      const scale = Math.max(view.scale, comfortableScale());
      const x = px * view.scale + view.shiftX;
      const y = py * view.scale + view.shiftY;
      const isInside = x > EDGE_PX && y > EDGE_PX && x < size.width - EDGE_PX && y < size.height - EDGE_PX;
      if (!isInside || scale !== view.scale) travelTo(centerOn({ ...view, scale }, px, py, size));
    },
    fit() {
      travelTo(fitted);
      isFitted = true;
    },
    halt,
    resize(next) {
      const middle = toPlan(view, size.width / 2, size.height / 2);
      size = next;
      fitted = fitViewport(layout.bounds, size, layout.pitch, Math.min(28, size.width * 0.04));
      view = isFitted ? fitted : clamp(centerOn(view, middle.x, middle.y, size));
    },
    step(nowMs) {
      if (motion === null) return false;
      const next = motion(nowMs);
      view = clamp(next ?? destination ?? view);
      if (next === null) halt();
      return next !== null;
    },
  };
}
