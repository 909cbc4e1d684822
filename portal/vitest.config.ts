import { mergeConfig } from "vitest/config";
import vite from "./vite.config.ts";

export default mergeConfig(vite, {
  test: {
    environment: "jsdom",
    // Builds beside it may have the machine for themselves for a while.
    testTimeout: 30_000,
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
  },
});
