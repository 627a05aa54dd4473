import { signal } from "@preact/signals";

import { isSignedOut, request } from "../api/graphql";
import { connection } from "../api/live";
import * as operations from "../api/operations";
import type { Viewer } from "../api/types";

/** Who has signed in; null until that is known. */
export const viewer = signal<Viewer | null>(null);

export async function loadViewer(): Promise<void> {
  const data = await ask<{ viewer: Viewer }>(operations.viewer);
  viewer.value = data.viewer;
}

/** Like request; shows that nobody is signed in any more, should the server say so. */
export async function ask<T>(query: string, variables?: Record<string, unknown>, signal?: AbortSignal): Promise<T> {
  try {
    return await request<T>(query, variables, signal);
  } catch (failure) {
    if (isSignedOut(failure)) connection.value = "signed-out";
    throw failure;
  }
}

/** What the viewer's role lets them do at most; the server decides. */
export const may = {
  submit: () => viewer.value !== null && viewer.value.role !== "VIEWER",
  control: (owner: string) =>
    viewer.value !== null &&
    (viewer.value.role === "ADMIN" || viewer.value.role === "OPERATOR" || (viewer.value.role === "MEMBER" && viewer.value.name === owner)),
  administer: () => viewer.value?.role === "ADMIN",
};

/** Where to sign in, and come back from. */
export const signInAddress = () => `/login?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
