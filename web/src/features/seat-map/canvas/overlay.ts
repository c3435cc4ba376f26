import type { SeatLayout } from '../model/layout.ts';
import type { Size, Viewport } from '../model/viewport.ts';
import { drawMinimap } from './minimap.ts';
import type { Palette } from './palette.ts';
import type { SceneData } from './scene.ts';
import type { Sprites } from './sprites.ts';

/** A frame being drawn: where, what, and how it looks. */
export type Scene = {
  context: CanvasRenderingContext2D;
  data: SceneData;
  sprites: Sprites;
  view: Viewport;
  size: Size;
  ratio: number;
  palette: Palette;
};

/** What lies over the picture of the plan. Seats are indexes; -1 for none. */
export type Marks = { mine: ReadonlySet<number>; hovered: number; focused: number; isFar: boolean; hasMinimap: boolean };

const FADE_MS = 300;
/** More seats than this change at once without fading: then it is news, not motion. */
const MOST_FADES = 400;

/** Seats on their way from one look to the next. */
export type Fades = {
  add: (seat: number, oldLetter: number, nowMs: number) => void;
  /** Draws the old look over the new, weaker every frame. True while any is left. */
  draw: (scene: Scene, nowMs: number) => boolean;
};

export function createFades(): Fades {
  const running = new Map<number, { letter: number; startMs: number }>();
  return {
    add(seat, letter, startMs) {
      if (running.size < MOST_FADES) running.set(seat, { letter, startMs });
    },
    draw({ context, data, sprites, view, ratio }, nowMs) {
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
function drawPin({ context, ratio, palette }: Scene, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 5 * ratio, 0, Math.PI * 2);
  context.fillStyle = palette.accent;
  context.fill();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = palette.raised;
  context.stroke();
}

function drawRing(scene: Scene, seat: number, widthPx: number): void {
  const { context, data, view, ratio, palette } = scene;
  const { x, y } = placeOf(data.layout, seat, view, ratio);
  const dotPx = Math.min(data.layout.pitch * view.scale * 0.39, 15);
  context.beginPath();
  context.arc(x, y, Math.max(6, dotPx + 3) * ratio, 0, Math.PI * 2);
  context.lineWidth = widthPx * ratio;
  context.strokeStyle = palette.ink;
  context.stroke();
}

/** Draws what is the visitor's, what is pointed at, what fades, and the minimap. True while something fades. */
export function drawOverlay(scene: Scene, marks: Marks, fades: Fades, nowMs: number): boolean {
  const { context, data, sprites, view, size, ratio, palette } = scene;
  const isFading = !marks.isFar && fades.draw(scene, nowMs);
  for (const seat of marks.mine) {
    const { x, y } = placeOf(data.layout, seat, view, ratio);
    if (marks.isFar) drawPin(scene, x, y);
    else sprites.draw(context, sprites.mine, x, y);
  }
  if (!marks.isFar && marks.hovered >= 0) drawRing(scene, marks.hovered, 1.5);
  if (!marks.isFar && marks.focused >= 0) drawRing(scene, marks.focused, 2.5);
  if (marks.hasMinimap) drawMinimap(context, data.layout, view, size, ratio, palette);
  return isFading;
}
