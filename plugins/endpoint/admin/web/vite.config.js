// SPDX-License-Identifier: MIT
import { defineConfig } from "vite";

// The result is built into the plugin: see ../../common/embed.cmake.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../../../../build/web/dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
  },
});
