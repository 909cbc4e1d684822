import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// What a browser has and jsdom does not.
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
if (typeof CSS === "undefined") vi.stubGlobal("CSS", { escape: (text: string) => text });

afterEach(() => {
  cleanup();
  localStorage.clear();
});
