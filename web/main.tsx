import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./app/query-client.ts";
import { goToSignIn, router } from "./app/router.tsx";
import "./styles.css";

const client = createQueryClient(goToSignIn);

const element = document.getElementById("root");
if (element === null) throw new Error("index.html has no element with id root");

createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
