import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

/** Where the server (or the mock, `npm run dev:mock`) answers while developing. */
const server = process.env["CONVOKE_SERVER"] ?? "http://127.0.0.1:8080";

/** The languages of the portal; React Aria brings its own words for many more. */
const LANGUAGES = /\/(en)-[A-Z]{2}\.m?js$/u;

/** Leaves out the words of components in languages that the portal does not have. */
function onlyOurLanguages(): Plugin {
  return {
    name: "only-our-languages",
    enforce: "pre",
    load(id) {
      const isWords = /\/react-(aria|stately)[^?]*\/intl\/[^?]*\/[a-z]{2}-[A-Z]{2}\.m?js$/u.test(
        id,
      );
      return isWords && !LANGUAGES.test(id) ? "export default {};" : null;
    },
  };
}

/** Of the pages and their parts that are fetched apart: shared by so many is shared by most. */
const MOST = 19;

export default defineConfig({
  plugins: [onlyOurLanguages(), react()],
  build: {
    target: "es2023",
    // An inlined asset would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What most pages share comes in few files: a browser has six connections to a server.
          // What only some need (tables, forms) is split by who needs it.
          groups: [
            { name: "icons", test: /lucide-react/u, minShareCount: 2 },
            { name: "vendor", test: /node_modules/u, minShareCount: MOST },
            {
              name: "shared",
              test: /\/src\/(design|api|session|shell)\//u,
              minShareCount: MOST,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": { target: server },
    },
  },
});
