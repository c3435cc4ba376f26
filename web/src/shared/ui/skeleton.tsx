/** The place of something that is on its way, in its size, so that nothing jumps when it comes. */
export function Skeleton({ className = '' }: { className?: string }) {
  return <div aria-hidden="true" className={`rounded-[3px] bg-rule/60 animate-breathe ${className}`} />;
}

export function Loading({ what }: { what: string }) {
  return (
    <p role="status" className="sr-only">
      Loading {what}
    </p>
  );
}
