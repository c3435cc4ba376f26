import { memo, useMemo } from 'react';
import { drawPoster } from './poster.ts';
import { ART_BOTTOM, HEIGHT, type Shape, WIDTH } from './shapes.ts';

function Mark({ shape }: { shape: Shape }) {
  const paint = {
    fill: shape.fill ?? 'none',
    ...(shape.stroke !== undefined && { stroke: shape.stroke, strokeWidth: shape.width ?? 1 }),
  };
  if (shape.kind === 'circle') return <circle cx={shape.x} cy={shape.y} r={shape.r} {...paint} />;
  return <path d={shape.d} strokeLinejoin="round" {...paint} />;
}

/** The drawing of an event: whole, or only its art as a strip at the head of a stub. Says nothing to a screen reader, the name does. */
export const PosterArt = memo(function PosterArt({
  eventId,
  eventType,
  crop = false,
  className = '',
}: {
  eventId: string;
  eventType: string;
  crop?: boolean;
  className?: string;
}) {
  const { inks, shapes } = useMemo(() => drawPoster(eventId, eventType), [eventId, eventType]);
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      viewBox={`0 0 ${WIDTH} ${crop ? ART_BOTTOM : HEIGHT}`}
      preserveAspectRatio="xMidYMid slice"
      className={`block ${className}`}
    >
      <rect width={WIDTH} height={HEIGHT} fill={inks.ground} />
      {shapes.map((shape, index) => (
        <Mark key={index} shape={shape} />
      ))}
      {!crop && <rect y={ART_BOTTOM} width={WIDTH} height={HEIGHT - ART_BOTTOM} fill={inks.ground} />}
    </svg>
  );
});
