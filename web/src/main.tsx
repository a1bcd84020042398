import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./frame/App.tsx";
import { startEarly } from "./frame/start-early.ts";
import "./shared/base.css";
import "./shared/theme.css";
import { startTheme } from "./shared/theme.ts";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Answers are asked for again when data comes; until then they hold.
      staleTime: 30_000,
      // The server is near. An error is shown at once, with a button to try again.
      retry: false,
      // Loopback works without a network.
      networkMode: "always",
    },
  },
});

startEarly(client, location.pathname);
startTheme();
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root to draw in");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
