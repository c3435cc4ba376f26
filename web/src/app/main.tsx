import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './query-client.ts';
import { fetchPagesAhead, router } from './router.tsx';
import './session-effects.ts';
import './styles.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);

/** By then the first page stands, and what it needed is loaded. */
const QUIET_AFTER_MS = 2_000;
setTimeout(fetchPagesAhead, QUIET_AFTER_MS);
