import type { SeatLayout } from '../model/layout.ts';
import type { Size, Viewport } from '../model/viewport.ts';
import type { Palette } from './palette.ts';

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
