import { LETTER } from '../../../live/seat-statuses.ts';
import { formatMoneyShort } from '../../../shared/format/money.ts';
import type { GridIndex } from '../model/grid-index.ts';
import type { SeatedSection, SeatLayout } from '../model/layout.ts';
import type { Size, Viewport } from '../model/viewport.ts';
import type { Palette } from './palette.ts';
import type { Sprites } from './sprites.ts';

/** Below this distance of seats on the screen, sections are drawn instead of dots. */
export const DOTS_FROM_PX = 4.5;
const NUMBERS_FROM_PX = 23;

/** Everything a picture of the plan depends on, besides where one looks. */
export type SceneData = {
  layout: SeatLayout;
  grid: GridIndex;
  letters: Uint8Array;
  band: Uint8Array;
  /** Band of each section's lowest price. */
  sectionBand: Uint8Array;
  freeBySection: Int32Array;
  currency: string;
};

type Target = { context: CanvasRenderingContext2D; view: Viewport; size: Size; ratio: number; palette: Palette };

function tracePolygon({ context, view, ratio }: Target, outline: Float32Array): void {
  context.beginPath();
  for (let i = 0; i < outline.length; i += 2) {
    const x = ((outline[i] ?? 0) * view.scale + view.shiftX) * ratio;
    const y = ((outline[i + 1] ?? 0) * view.scale + view.shiftY) * ratio;
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.closePath();
}

function screenBox(section: SeatedSection, view: Viewport): { left: number; top: number; width: number; height: number } {
  const { left, top, right, bottom } = section.bounds;
  return {
    left: left * view.scale + view.shiftX,
    top: top * view.scale + view.shiftY,
    width: (right - left) * view.scale,
    height: (bottom - top) * view.scale,
  };
}

function isSeen(section: SeatedSection, { view, size }: Target): boolean {
  const box = screenBox(section, view);
  return box.left < size.width + 40 && box.top < size.height + 40 && box.left + box.width > -40 && box.top + box.height > -40;
}

/** A section from afar: its shape, filled from below as far as seats are left. */
function drawSectionShape(target: Target, data: SceneData, index: number, section: SeatedSection): void {
  const { context, view, ratio, palette } = target;
  const color = palette.bands[data.sectionBand[index] ?? 3] ?? palette.faded;
  const free = data.freeBySection[index] ?? 0;
  const share = section.seatCount === 0 ? 0 : free / section.seatCount;
  // The outline runs through the middle of the outer seats; a round pen of one pitch takes them in.
  const pen = Math.max(2, data.layout.pitch * view.scale * 0.9) * ratio;
  tracePolygon(target, section.outline);
  context.lineJoin = 'round';
  context.lineWidth = pen + 2 * ratio;
  context.strokeStyle = free > 0 ? color : palette.rule;
  context.stroke();
  context.lineWidth = pen;
  context.strokeStyle = palette.raised;
  context.fillStyle = palette.raised;
  context.stroke();
  context.fill();
  if (share <= 0) return;
  const box = screenBox(section, view);
  const pad = pen / 2 / ratio + 2;
  const height = (box.height + pad * 2) * Math.max(share, 0.04);
  context.save();
  context.beginPath();
  context.rect(
    (box.left - pad) * ratio,
    (box.top + box.height + pad - height) * ratio,
    (box.width + pad * 2) * ratio,
    height * ratio,
  );
  context.clip();
  tracePolygon(target, section.outline);
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = pen;
  context.stroke();
  context.fill();
  context.restore();
}

type Box = { left: number; top: number; width: number; height: number };

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

/** Text with a halo, so that it reads on any fill. */
function haloText(target: Target, text: string, x: number, y: number, color: string): void {
  const { context, ratio, palette } = target;
  context.lineJoin = 'round';
  context.lineWidth = 4 * ratio;
  context.strokeStyle = palette.raised;
  context.strokeText(text, x * ratio, y * ratio);
  context.fillStyle = color;
  context.fillText(text, x * ratio, y * ratio);
}

/** Name and lowest price, or the name alone, or nothing: whatever does not run over another label. */
function drawSectionLabel(target: Target, data: SceneData, index: number, section: SeatedSection, taken: Box[]): void {
  const { context, view, ratio, palette } = target;
  const box = screenBox(section, view);
  const free = data.freeBySection[index] ?? 0;
  const sizePx = Math.min(15, Math.max(11, Math.min(box.width / 5, box.height / 2.6)));
  context.font = `600 ${sizePx * ratio}px 'Spline Sans Mono', ui-monospace, monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const step = sizePx * 1.2;
  const middle = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  const both = [section.name, free === 0 ? 'sold out' : formatMoneyShort(section.fromCents, data.currency)];
  for (const lines of [both, both.slice(0, 1)]) {
    const width = Math.max(...lines.map((line) => context.measureText(line).width / ratio));
    const height = step * lines.length;
    const label = { left: middle.x - width / 2 - 2, top: middle.y - height / 2, width: width + 4, height };
    if (width > box.width + 8 || height > box.height + 8 || taken.some((other) => overlaps(label, other))) continue;
    taken.push(label);
    lines.forEach((line, i) => {
      haloText(target, line, middle.x, middle.y + (i - (lines.length - 1) / 2) * step, free > 0 ? palette.ink : palette.faded);
    });
    return;
  }
}

/** Sections as shapes: the far view. */
export function drawFar(target: Target, data: SceneData): void {
  const seen = data.layout.sections
    .map((section, index) => ({ section, index }))
    .filter(({ section }) => isSeen(section, target));
  for (const { section, index } of seen) drawSectionShape(target, data, index, section);
  const taken: Box[] = [];
  for (const { section, index } of seen) drawSectionLabel(target, data, index, section, taken);
}

/** Dots on the backing of their section, with numbers when they fit: the near view. */
export function drawNear(target: Target, data: SceneData, sprites: Sprites): void {
  const { context, view, ratio, palette, size } = target;
  const pitchPx = data.layout.pitch * view.scale;
  context.lineJoin = 'round';
  for (const section of data.layout.sections) {
    if (!isSeen(section, target)) continue;
    tracePolygon(target, section.outline);
    context.lineWidth = (pitchPx * 1.25 + 2) * ratio;
    context.strokeStyle = palette.rule;
    context.stroke();
    context.lineWidth = pitchPx * 1.25 * ratio;
    context.strokeStyle = palette.raised;
    context.fillStyle = palette.raised;
    context.stroke();
    context.fill();
  }
  const margin = data.layout.pitch;
  const left = -view.shiftX / view.scale - margin;
  const top = -view.shiftY / view.scale - margin;
  const numbers = pitchPx >= NUMBERS_FROM_PX;
  data.grid.within(
    left,
    top,
    left + size.width / view.scale + 2 * margin,
    top + size.height / view.scale + 2 * margin,
    (seat) => {
      drawSeat(target, data, sprites, seat, numbers);
    },
  );
  drawNames(target, data, pitchPx);
  context.globalAlpha = 1;
}

export function drawSeat(
  { context, view, ratio, palette }: Target,
  data: SceneData,
  sprites: Sprites,
  seat: number,
  number: boolean,
): void {
  const letter = data.letters[seat] ?? 0;
  const kind = sprites.kind(letter, data.band[seat] ?? 3);
  if (kind === 0) return;
  const x = ((data.layout.x[seat] ?? 0) * view.scale + view.shiftX) * ratio;
  const y = ((data.layout.y[seat] ?? 0) * view.scale + view.shiftY) * ratio;
  sprites.draw(context, kind, x, y);
  if (!number || letter !== LETTER.available) return;
  const pitchPx = data.layout.pitch * view.scale;
  context.font = `500 ${Math.min(11, pitchPx * 0.36) * ratio}px 'Spline Sans Mono', ui-monospace, monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = palette.onBand[data.band[seat] ?? 3] ?? palette.ink;
  context.fillText(String(data.layout.number[seat] ?? ''), x, y + 0.5 * ratio);
}

export function seatNumbersFit(layout: SeatLayout, view: Viewport): boolean {
  return layout.pitch * view.scale >= NUMBERS_FROM_PX;
}

/** Letters of rows beside their first seat, and the section's name above it, once there is room. */
function drawNames(target: Target, data: SceneData, pitchPx: number): void {
  const { context, view, ratio, palette } = target;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.fillStyle = palette.faded;
  if (pitchPx >= 12) {
    context.font = `500 ${Math.min(12, pitchPx * 0.55) * ratio}px 'Spline Sans Mono', ui-monospace, monospace`;
    for (const row of data.layout.rows) {
      const [a, b] = row.seats;
      if (a === undefined) continue;
      const ax = data.layout.x[a] ?? 0;
      const ay = data.layout.y[a] ?? 0;
      const bx = b === undefined ? ax + data.layout.pitch : (data.layout.x[b] ?? 0);
      const by = b === undefined ? ay : (data.layout.y[b] ?? 0);
      const away = data.layout.pitch / Math.max(1e-6, Math.hypot(ax - bx, ay - by));
      const x = (ax + (ax - bx) * away) * view.scale + view.shiftX;
      const y = (ay + (ay - by) * away) * view.scale + view.shiftY;
      context.fillText(row.name, x * ratio, y * ratio);
    }
  }
  if (pitchPx >= 7) return;
  context.font = `600 ${13 * ratio}px 'Spline Sans Mono', ui-monospace, monospace`;
  for (const section of data.layout.sections) {
    const box = screenBox(section, target.view);
    if (context.measureText(section.name).width / ratio > box.width) continue;
    haloText(target, section.name, box.left + box.width / 2, box.top + box.height / 2, palette.ink);
  }
}
