import { lazyPart } from "../design/lazy";

export const PlainHttp = lazyPart(() => import("./plain-http"));

/** Plain HTTP over a network; browsers take this machine itself for secure. */
export const isExposed = (): boolean => !window.isSecureContext;
