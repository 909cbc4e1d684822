import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "./api/client";
import { joined } from "./api/live";
import { mayRetry } from "./api/errors";
import { TextsProvider } from "./design/texts";
import { renewal } from "./session/session";
import { makeRouter } from "./shell/router";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";
import "./design/overlays.css";
import "./design/display.css";
import "./design/table.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The event stream keeps what is shown current; looking again is for what it does not carry.
      staleTime: 30_000,
      retry: mayRetry,
      refetchOnWindowFocus: true,
      structuralSharing: joined,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
const router = makeRouter(client);

onSignedOut(renewal.ask);

const holder = document.getElementById("root");
if (holder) {
  createRoot(holder).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <TextsProvider>
          <RouterProvider router={router} />
        </TextsProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
