import { ErrorNotice } from '../shared/ui/notice.tsx';

export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="mx-auto w-full max-w-xl px-4 py-12">
      <ErrorNotice error={error} onRetry={reset} />
    </div>
  );
}
