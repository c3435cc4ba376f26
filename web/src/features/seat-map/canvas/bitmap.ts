import type { SeatLayout } from '../model/layout.ts';
import type { Size, Viewport } from '../model/viewport.ts';
import type { Palette } from './palette.ts';
import { DOTS_FROM_PX, drawFar, drawNear, drawSeat, type SceneData, seatNumbersFit } from './scene.ts';
import { makeSprites, type Sprites } from './sprites.ts';

/** How far the cached picture reaches beyond the screen, as a share of it: panning within needs no drawing. */
const MARGIN = 0.3;
/** A picture that took longer than this is stretched while zooming, and drawn sharp when the hand rests. */
const SLOW_DRAW_MS = 14;
const REST_MS = 90;

/** The plan as pixels, somewhat larger than the screen: panning copies it, a changed seat repaints one dot of it. */
export type Bitmap = {
  /** Copies the picture for this view; draws it again if needed. True: it is only a stretched one, come again. */
  paint: (target: CanvasRenderingContext2D, view: Viewport, size: Size, ratio: number, nowMs: number) => boolean;
  /** Repaints one seat, or everything from afar. */
  repaintSeat: (seat: number) => void;
  invalidate: () => void;
  sprites: () => Sprites;
};

export function isFar(layout: SeatLayout, view: Viewport): boolean {
  return layout.sections.length > 1 && layout.pitch * view.scale < DOTS_FROM_PX;
}

export function createBitmap(data: SceneData, palette: () => Palette): Bitmap {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  let drawn: { view: Viewport; size: Size; ratio: number } | null = null;
  let sprites: Sprites | null = null;
  let spriteKey = '';
  let lastDrawMs = 0;
  let lastZoomAt = 0;
  let lastScale = 0;

  function spritesFor(view: Viewport, ratio: number): Sprites {
    const pitchPx = data.layout.pitch * view.scale;
    const key = `${pitchPx.toFixed(2)}/${ratio}/${palette().accent}`;
    if (sprites === null || key !== spriteKey) sprites = makeSprites(pitchPx, ratio, palette());
    spriteKey = key;
    return sprites;
  }

  function draw(view: Viewport, size: Size, ratio: number): void {
    if (context === null) return;
    const began = performance.now();
    const marginX = Math.round(size.width * MARGIN);
    const marginY = Math.round(size.height * MARGIN);
    const whole = { width: size.width + 2 * marginX, height: size.height + 2 * marginY };
    const [width, height] = [Math.round(whole.width * ratio), Math.round(whole.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.clearRect(0, 0, width, height);
    const shifted = { scale: view.scale, shiftX: view.shiftX + marginX, shiftY: view.shiftY + marginY };
    const target = { context, view: shifted, size: whole, ratio, palette: palette() };
    if (isFar(data.layout, view)) drawFar(target, data);
    else drawNear(target, data, spritesFor(view, ratio));
    drawn = { view: shifted, size: whole, ratio };
    lastDrawMs = performance.now() - began;
  }

  /** Where the cached picture lies on the screen under another view. */
  function place(view: Viewport): { x: number; y: number; stretch: number } | null {
    if (drawn === null) return null;
    const stretch = view.scale / drawn.view.scale;
    return { x: view.shiftX - drawn.view.shiftX * stretch, y: view.shiftY - drawn.view.shiftY * stretch, stretch };
  }

  function covers(view: Viewport, size: Size, ratio: number): boolean {
    const at = place(view);
    if (at === null || drawn === null || drawn.ratio !== ratio || drawn.view.scale !== view.scale) return false;
    return at.x <= 0 && at.y <= 0 && at.x + drawn.size.width >= size.width && at.y + drawn.size.height >= size.height;
  }

  function paint(target: CanvasRenderingContext2D, view: Viewport, size: Size, ratio: number, nowMs: number): boolean {
    if (view.scale !== lastScale) lastZoomAt = nowMs;
    lastScale = view.scale;
    const mayStretch = drawn !== null && lastDrawMs > SLOW_DRAW_MS && nowMs - lastZoomAt < REST_MS;
    const isStretched = mayStretch && !covers(view, size, ratio);
    if (!isStretched && !covers(view, size, ratio)) draw(view, size, ratio);
    const at = place(view);
    if (at === null || drawn === null) return false;
    const { width, height } = drawn.size;
    target.drawImage(
      canvas,
      Math.round(at.x * ratio),
      Math.round(at.y * ratio),
      width * at.stretch * ratio,
      height * at.stretch * ratio,
    );
    return isStretched;
  }

  function repaintSeat(seat: number): void {
    if (drawn === null || context === null) return;
    if (isFar(data.layout, drawn.view)) {
      drawn = null;
      return;
    }
    const target = { context, view: drawn.view, size: drawn.size, ratio: drawn.ratio, palette: palette() };
    const x = ((data.layout.x[seat] ?? 0) * drawn.view.scale + drawn.view.shiftX) * drawn.ratio;
    const y = ((data.layout.y[seat] ?? 0) * drawn.view.scale + drawn.view.shiftY) * drawn.ratio;
    const own = spritesFor(drawn.view, drawn.ratio);
    own.draw(context, own.erase, x, y);
    drawSeat(target, data, own, seat, seatNumbersFit(data.layout, drawn.view));
  }

  return {
    paint,
    repaintSeat,
    invalidate() {
      drawn = null;
      spriteKey = '';
    },
    sprites: () => sprites ?? makeSprites(1, 1, palette()),
  };
}
