import type { SeatLayout } from '../model/layout.ts';
import type { Size, Viewport } from '../model/viewport.ts';
import type { Palette } from './palette.ts';
import type { SceneData } from './scene.ts';
import type { Sprites } from './sprites.ts';

const FADE_MS = 300;
/** More seats than this change at once without fading: then it is news, not motion. */
const MOST_FADES = 400;

/** Seats on their way from one look to the next. */
export type Fades = {
  add: (seat: number, oldLetter: number, nowMs: number) => void;
  /** Draws the old look over the new, weaker every frame. True while any is left. */
  draw: (
    context: CanvasRenderingContext2D,
    data: SceneData,
    sprites: Sprites,
    view: Viewport,
    ratio: number,
    nowMs: number,
  ) => boolean;
};

export function createFades(): Fades {
  const running = new Map<number, { letter: number; startMs: number }>();
  return {
    add(seat, letter, startMs) {
      if (running.size < MOST_FADES) running.set(seat, { letter, startMs });
    },
    draw(context, data, sprites, view, ratio, nowMs) {
      for (const [seat, fade] of running) {
        const share = (nowMs - fade.startMs) / FADE_MS;
        const kind = sprites.kind(fade.letter, data.band[seat] ?? 3);
        if (share >= 1) running.delete(seat);
        if (share >= 1 || kind === 0) continue;
        context.globalAlpha = 1 - share;
        const { x, y } = placeOf(data.layout, seat, view, ratio);
        sprites.draw(context, kind, x, y);
      }
      context.globalAlpha = 1;
      return running.size > 0;
    },
  };
}

export function placeOf(layout: SeatLayout, seat: number, view: Viewport, ratio: number): { x: number; y: number } {
  return {
    x: ((layout.x[seat] ?? 0) * view.scale + view.shiftX) * ratio,
    y: ((layout.y[seat] ?? 0) * view.scale + view.shiftY) * ratio,
  };
}

/** From afar the visitor's own seats are pins, since a dot would be lost. */
export function drawMineFar(
  context: CanvasRenderingContext2D,
  layout: SeatLayout,
  seats: Iterable<number>,
  view: Viewport,
  ratio: number,
  palette: Palette,
): void {
  for (const seat of seats) {
    const { x, y } = placeOf(layout, seat, view, ratio);
    context.beginPath();
    context.arc(x, y, 5 * ratio, 0, Math.PI * 2);
    context.fillStyle = palette.accent;
    context.fill();
    context.lineWidth = 1.5 * ratio;
    context.strokeStyle = palette.raised;
    context.stroke();
  }
}

export function drawRing(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  width: number,
  color: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}

/** The whole plan in a corner with a frame around what is seen. */
export function drawMinimap(
  context: CanvasRenderingContext2D,
  layout: SeatLayout,
  view: Viewport,
  size: Size,
  ratio: number,
  palette: Palette,
): void {
  const { left, top, right, bottom } = layout.bounds;
  const scale = Math.min(112 / Math.max(1e-6, right - left), 84 / Math.max(1e-6, bottom - top));
  const width = (right - left) * scale;
  const height = (bottom - top) * scale;
  const pad = 8;
  const x0 = 12 + pad;
  const y0 = size.height - height - 12 - pad;
  context.save();
  context.scale(ratio, ratio);
  context.fillStyle = palette.raised;
  context.strokeStyle = palette.rule;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x0 - pad, y0 - pad, width + 2 * pad, height + 2 * pad, 4);
  context.fill();
  context.stroke();
  context.fillStyle = palette.faded;
  context.globalAlpha = 0.45;
  for (const section of layout.sections) {
    context.beginPath();
    for (let i = 0; i < section.outline.length; i += 2) {
      context.lineTo(x0 + ((section.outline[i] ?? 0) - left) * scale, y0 + ((section.outline[i + 1] ?? 0) - top) * scale);
    }
    context.fill();
  }
  context.globalAlpha = 1;
  context.beginPath();
  context.rect(x0 - pad, y0 - pad, width + 2 * pad, height + 2 * pad);
  context.clip();
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.strokeRect(
    x0 + (-view.shiftX / view.scale - left) * scale,
    y0 + (-view.shiftY / view.scale - top) * scale,
    (size.width / view.scale) * scale,
    (size.height / view.scale) * scale,
  );
  context.restore();
}
