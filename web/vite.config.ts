import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The server's content security policy allows files of its own origin and nothing inline.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:4000" } },
});
