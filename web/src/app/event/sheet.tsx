import { type PointerEvent, type ReactNode, useRef, useState } from 'react';

export type SheetHeight = 'peek' | 'half' | 'full';
const SHARES: Record<SheetHeight, number> = { peek: 0.12, half: 0.55, full: 0.9 };
const HEIGHTS: Record<SheetHeight, string> = { peek: 'max-lg:h-22', half: 'max-lg:h-[55dvh]', full: 'max-lg:h-[90dvh]' };
const NEXT: Record<SheetHeight, SheetHeight> = { peek: 'half', half: 'full', full: 'peek' };

function nearestHeight(share: number): SheetHeight {
  const heights: SheetHeight[] = ['peek', 'half', 'full'];
  return heights.reduce((best, height) => (Math.abs(SHARES[height] - share) < Math.abs(SHARES[best] - share) ? height : best));
}

/**
 * Beside the map on a wide screen; on a phone a sheet at the bottom with three heights, moved by its handle or by a tap on it.
 * `summary` is what the lowest height shows.
 */
export function Sheet({
  height,
  onHeight,
  summary,
  children,
}: {
  height: SheetHeight;
  onHeight: (height: SheetHeight) => void;
  summary: ReactNode;
  children: ReactNode;
}) {
  const drag = useRef<{ y: number; height: number; moved: boolean } | null>(null);
  const sheet = useRef<HTMLElement>(null);
  const [isDragging, setDragging] = useState(false);

  function start(event: PointerEvent<HTMLElement>): void {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { y: event.clientY, height: sheet.current?.offsetHeight ?? 0, moved: false };
  }
  function move(event: PointerEvent): void {
    if (drag.current === null || sheet.current === null) return;
    const way = drag.current.y - event.clientY;
    if (Math.abs(way) > 5) drag.current.moved = true;
    if (!drag.current.moved) return;
    setDragging(true);
    sheet.current.style.height = `${Math.min(innerHeight * 0.92, Math.max(64, drag.current.height + way))}px`;
  }
  function end(): void {
    const was = drag.current;
    drag.current = null;
    setDragging(false);
    if (sheet.current === null || was === null) return;
    const share = sheet.current.offsetHeight / innerHeight;
    sheet.current.style.height = '';
    onHeight(was.moved ? nearestHeight(share) : NEXT[height]);
  }

  return (
    <aside
      ref={sheet}
      aria-label="Your stub"
      className={`flex min-h-0 flex-col max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-30 max-lg:border-t max-lg:border-rule max-lg:bg-paper max-lg:shadow-[0_-8px_24px_#0000001f] lg:overflow-y-auto lg:border-l lg:border-rule ${HEIGHTS[height]} ${isDragging ? '' : 'transition-[height] duration-200 ease-paper'}`}
    >
      <button
        type="button"
        aria-expanded={height !== 'peek'}
        aria-label={height === 'peek' ? 'Show your stub' : height === 'half' ? 'Show all of your stub' : 'Make your stub small'}
        className="grid w-full shrink-0 touch-none place-items-center py-2 outline-offset-[-4px] lg:hidden"
        onPointerDown={start}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === ' ') onHeight(NEXT[height]);
        }}
      >
        <span className="h-1 w-10 rounded-full bg-faded/50" />
      </button>
      {height === 'peek' && <div className="shrink-0 px-4 pb-3 lg:hidden">{summary}</div>}
      <div className={`min-h-0 flex-1 overflow-y-auto p-4 pt-1 lg:p-6 ${height === 'peek' ? 'max-lg:hidden' : ''}`}>
        {children}
      </div>
    </aside>
  );
}
