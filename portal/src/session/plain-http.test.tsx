import { render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { TextsProvider } from "../design/texts";
import { isExposed, PlainHttp } from "./exposed";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("warns where the page came over plain HTTP and a network", async () => {
  vi.stubGlobal("isSecureContext", true);
  expect(isExposed()).toBe(false);
  vi.stubGlobal("isSecureContext", false);
  expect(isExposed()).toBe(true);
  render(
    <TextsProvider>
      <PlainHttp />
    </TextsProvider>,
  );
  expect(await screen.findByText(/came over plain HTTP/u)).toBeTruthy();
});
