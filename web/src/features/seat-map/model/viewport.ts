import type { Bounds } from './outline.ts';

/** Which part of the plan is seen: screen = plan × scale + shift, in CSS pixels. */
export type Viewport = { scale: number; shiftX: number; shiftY: number };
export type Size = { width: number; height: number };

/** Distance of neighbouring seats on the screen at the closest zoom, in pixels. */
export const CLOSEST_PITCH_PX = 34;

export function fitViewport(bounds: Bounds, size: Size, pitch: number, marginPx: number): Viewport {
  const width = bounds.right - bounds.left + pitch * 2;
  const height = bounds.bottom - bounds.top + pitch * 2;
  const scale = Math.min(
    Math.max(1, size.width - marginPx * 2) / width,
    Math.max(1, size.height - marginPx * 2) / height,
    CLOSEST_PITCH_PX / pitch,
  );
  return {
    scale,
    shiftX: size.width / 2 - ((bounds.left + bounds.right) / 2) * scale,
    shiftY: size.height / 2 - ((bounds.top + bounds.bottom) / 2) * scale,
  };
}

/** Zooms by a factor and keeps what is under the given point where it is. */
export function zoomAt(view: Viewport, factor: number, atX: number, atY: number, least: number, most: number): Viewport {
  const scale = Math.min(most, Math.max(least, view.scale * factor));
  const real = scale / view.scale;
  return { scale, shiftX: atX - (atX - view.shiftX) * real, shiftY: atY - (atY - view.shiftY) * real };
}

/** Keeps at least half of the screen's middle over the plan, so that nobody gets lost in empty space. */
export function clampViewport(view: Viewport, bounds: Bounds, size: Size): Viewport {
  const clamp = (value: number, a: number, b: number): number => Math.min(Math.max(a, b), Math.max(Math.min(a, b), value));
  return {
    scale: view.scale,
    shiftX: clamp(view.shiftX, size.width / 2 - bounds.right * view.scale, size.width / 2 - bounds.left * view.scale),
    shiftY: clamp(view.shiftY, size.height / 2 - bounds.bottom * view.scale, size.height / 2 - bounds.top * view.scale),
  };
}

export function centerOn(view: Viewport, x: number, y: number, size: Size): Viewport {
  return { scale: view.scale, shiftX: size.width / 2 - x * view.scale, shiftY: size.height / 2 - y * view.scale };
}

export function toPlan(view: Viewport, screenX: number, screenY: number): { x: number; y: number } {
  return { x: (screenX - view.shiftX) / view.scale, y: (screenY - view.shiftY) / view.scale };
}
