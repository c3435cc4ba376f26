import { LETTER } from '../../../live/seat-statuses.ts';
import { toPlan } from '../model/viewport.ts';
import type { Camera } from './camera.ts';
import { placeOf } from './overlay.ts';
import type { SceneData } from './scene.ts';

/** Seats are taken by a tap only when they are far enough apart to be hit; before, a tap comes closer. */
const MOUSE_HIT_PX = 8;
const TOUCH_HIT_PX = 15;
/** A finger may miss a seat by this much. */
const TOUCH_REACH_PX = 16;

type PointingEvents = { onPick: (seat: number) => void; onHover: (seat: number, x: number, y: number) => void };

export type Pointing = {
  tap: (x: number, y: number, isTouch: boolean) => void;
  doubleTap: (x: number, y: number) => void;
  hover: (x: number, y: number) => void;
  leave: () => void;
  /** The seat under the mouse; -1 for none. */
  hovered: () => number;
};

/** What a point of the screen means: a seat, or the wish to come closer. */
export function createPointing(data: SceneData, camera: Camera, events: PointingEvents): Pointing {
  let hovered = -1;

  function seatAt(x: number, y: number, reachPx: number): number {
    const point = toPlan(camera.view(), x, y);
    const seat = data.grid.nearest(point.x, point.y, Math.max(data.layout.pitch * 0.6, reachPx / camera.view().scale));
    return seat >= 0 && data.letters[seat] !== LETTER.blocked ? seat : -1;
  }

  function tap(x: number, y: number, isTouch: boolean): void {
    if (!camera.isClosest() && camera.pitchPx() < (isTouch ? TOUCH_HIT_PX : MOUSE_HIT_PX)) return camera.comeCloser(x, y);
    const seat = seatAt(x, y, isTouch ? TOUCH_REACH_PX : 0);
    if (seat >= 0) events.onPick(seat);
  }

  function point(seat: number): void {
    if (seat === hovered) return;
    hovered = seat;
    const place = seat < 0 ? { x: 0, y: 0 } : placeOf(data.layout, seat, camera.view(), 1);
    events.onHover(seat, place.x, place.y);
  }

  return {
    tap,
    // Where seats are big enough to be taken, a second tap is one more tap on a seat.
    doubleTap: (x, y) => (camera.pitchPx() >= TOUCH_HIT_PX ? tap(x, y, false) : camera.comeCloser(x, y)),
    hover: (x, y) => point(camera.pitchPx() < MOUSE_HIT_PX ? -1 : seatAt(x, y, 0)),
    leave: () => point(-1),
    hovered: () => hovered,
  };
}
