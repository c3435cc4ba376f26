import { LETTER } from '../../../live/seat-statuses.ts';
import type { Palette } from './palette.ts';

/** Columns of the sprite sheet: the five bands, then the others. */
const MINE = 6;
const HELD = 7;
const TAKEN = 8;
const ERASE = 9;
const SPRITES = 10;

/** Every look of a seat, drawn once per zoom level, so that a seat costs one copy of pixels. */
export type Sprites = {
  /** Which sprite shows this status; 0 for a blocked seat, which is absent. */
  kind: (letter: number, band: number) => number;
  /** Draws a sprite with its middle at a place in device pixels. */
  draw: (context: CanvasRenderingContext2D, kind: number, x: number, y: number) => void;
  mine: number;
  erase: number;
};

/** Size of the dot against the distance of the seats. */
function radiusOf(pitchPx: number): number {
  return Math.max(0.9, Math.min(pitchPx * 0.39, 15));
}

function drawBand(context: CanvasRenderingContext2D, band: number, radius: number, palette: Palette): void {
  const color = palette.bands[band] ?? palette.ink;
  // Lightness tells the bands apart; from a few pixels on a ring does so once more: 2 and 4 wear one.
  const isRinged = radius >= 4 && (band === 2 || band === 4);
  context.fillStyle = color;
  dot(context, isRinged ? radius * 0.76 : radius);
  if (isRinged) ring(context, radius, Math.max(1, radius * 0.11), color);
}

function dot(context: CanvasRenderingContext2D, radius: number): void {
  context.beginPath();
  context.arc(0, 0, radius, 0, Math.PI * 2);
  context.fill();
}

function ring(context: CanvasRenderingContext2D, radius: number, width: number, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.arc(0, 0, Math.max(0.5, radius - width / 2), 0, Math.PI * 2);
  context.stroke();
}

function drawCheck(context: CanvasRenderingContext2D, radius: number, palette: Palette): void {
  context.fillStyle = palette.accent;
  dot(context, radius * 1.12);
  if (radius < 3) return;
  context.strokeStyle = palette.onAccent;
  context.lineWidth = Math.max(1.2, radius * 0.22);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  context.moveTo(-radius * 0.45, radius * 0.02);
  context.lineTo(-radius * 0.1, radius * 0.38);
  context.lineTo(radius * 0.48, -radius * 0.36);
  context.stroke();
}

export function makeSprites(pitchPx: number, ratio: number, palette: Palette): Sprites {
  const radius = radiusOf(pitchPx) * ratio;
  const cell = Math.ceil(radius * 2.4) + 4;
  const sheet = document.createElement('canvas');
  sheet.width = cell * SPRITES;
  sheet.height = cell;
  const context = sheet.getContext('2d');
  const hairline = Math.max(0.8, Math.min(1.2, pitchPx * 0.06)) * ratio;
  const paint = (kind: number, draw: (c: CanvasRenderingContext2D) => void): void => {
    if (context === null) return;
    context.save();
    context.translate(kind * cell + cell / 2, cell / 2);
    draw(context);
    context.restore();
  };
  for (let band = 1; band <= 5; band += 1) paint(band, (c) => drawBand(c, band, radius, palette));
  paint(MINE, (c) => drawCheck(c, radius, palette));
  paint(TAKEN, (c) => ring(c, radius, hairline, palette.rule));
  paint(HELD, (c) => {
    ring(c, radius, hairline, palette.faded);
    c.fillStyle = palette.faded;
    dot(c, radius * 0.3);
  });
  paint(ERASE, (c) => {
    c.fillStyle = palette.raised;
    dot(c, radius * 1.15 + 1);
  });
  return {
    kind(letter, band) {
      if (letter === LETTER.available) return band;
      if (letter === LETTER.reserved) return HELD;
      return letter === LETTER.blocked ? 0 : TAKEN;
    },
    draw(target, kind, x, y) {
      target.drawImage(sheet, kind * cell, 0, cell, cell, Math.round(x - cell / 2), Math.round(y - cell / 2), cell, cell);
    },
    mine: MINE,
    erase: ERASE,
  };
}
