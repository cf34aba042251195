# SPDX-License-Identifier: MIT
"""The Stremio addon in real Chromium and in Stremio's own client; browser/stremio.test.mjs says what they have to do."""

import unittest

import addon
import browser_test


class StremioBrowserTest(addon.Addon, browser_test.ChromiumTest):
    def test_viewers_configure_and_install_it(self):
        self.run_in_browser("stremio.test.mjs", passes=4, SLUICE_USER=self.ann, SLUICE_FILM=addon.MATRIX)


if __name__ == "__main__":
    unittest.main()
