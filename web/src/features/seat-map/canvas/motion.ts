import type { Viewport } from '../model/viewport.ts';

/** Moves the view over time. Each step is asked for a frame; `null` means that it is at rest. */
export type Motion = (nowMs: number) => Viewport | null;

const TRAVEL_MS = 220;

export function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Travels from one view to another; the scale moves by ratio, so that zooming feels even. */
export function travel(from: Viewport, to: Viewport, startMs: number): Motion {
  return (nowMs) => {
    const t = Math.min(1, (nowMs - startMs) / TRAVEL_MS);
    if (t >= 1) return null;
    const eased = 1 - (1 - t) ** 3;
    const scale = from.scale * (to.scale / from.scale) ** eased;
    // The share of the way that the scale has gone keeps the travelling point on a straight line.
    const share = to.scale === from.scale ? eased : (scale - from.scale) / (to.scale - from.scale);
    return {
      scale,
      shiftX: from.shiftX + (to.shiftX - from.shiftX) * share,
      shiftY: from.shiftY + (to.shiftY - from.shiftY) * share,
    };
  };
}

/** Glides on after a drag and slows down. */
export function glide(from: Viewport, vx: number, vy: number, startMs: number): Motion {
  const slowdownMs = 160;
  return (nowMs) => {
    const left = Math.exp(-(nowMs - startMs) / slowdownMs);
    if (left < 0.02) return null;
    const way = slowdownMs * (1 - left);
    return { scale: from.scale, shiftX: from.shiftX + vx * way, shiftY: from.shiftY + vy * way };
  };
}
