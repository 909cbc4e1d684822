import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRouter,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import type { Me } from "../api/resources";
import { TextsProvider } from "../design/texts";
import { meQuery } from "../session/session";
import { me } from "./samples";

/** What comes over several questions takes longer on a busy machine than one. */
export const PATIENT = { timeout: 10_000 };

interface Place {
  /** The address at which it is looked at. */
  at?: string;
  /** Who looks at it. */
  reader?: Partial<Me>;
}

/** Shows something with what every page has around it: an address, a cache, the words. */
export function openPage(page: ReactNode, { at = "/", reader = {} }: Place = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(meQuery.queryKey, me(reader));
  const router = createRouter({
    routeTree: createRootRoute({
      component: () => (
        <QueryClientProvider client={client}>
          <TextsProvider>{page}</TextsProvider>
        </QueryClientProvider>
      ),
      // Where a link leads, nothing is to be seen here.
      notFoundComponent: () => null,
    }),
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  const { unmount } = render(<RouterProvider router={router as never} />);
  return { client, router, close: unmount };
}
