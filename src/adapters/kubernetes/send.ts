/** One request to an API server. Everything in this folder but `https-send.ts` is the same over sockets and over a function. */
export type Send = (request: Request) => Promise<Response>;
