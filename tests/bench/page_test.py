# SPDX-License-Identifier: MIT
"""What the benchmarks say about their measurements."""

import pathlib
import tempfile
import unittest

import page


class BarsTest(unittest.TestCase):
    def test_says_by_how_much_a_bar_is_met(self):
        self.assertEqual(page.at_most("CPU", 0.65, 0.52), ["CPU", "at most 0.65", "0.52", "met, 20% to spare"])
        self.assertEqual(page.at_least("rate", 0.8, 1.0), ["rate", "at least 0.8", "1", "met, 25% to spare"])

    def test_says_by_how_much_a_bar_is_missed(self):
        self.assertEqual(page.at_most("CPU", 0.2, 0.25), ["CPU", "at most 0.2", "0.25", "**missed by 25.0%**"])
        self.assertEqual(page.at_least("rate", 1.0, 0.997), ["rate", "at least 1", "0.997", "**missed by 0.3%**"])

    def test_a_bar_of_nothing_can_be_met(self):
        self.assertEqual(page.at_most("threads", 0, 0), ["threads", "at most 0", "0", "met, 0% to spare"])
        self.assertEqual(page.at_most("threads", 0, 3), ["threads", "at most 0", "3", "**missed by 300.0%**"])

    def test_gives_units_and_groups_digits(self):
        self.assertEqual(page.at_most("memory", 4096, 20480, " B"),
                         ["memory", "at most 4,096 B", "20,480 B", "**missed by 400.0%**"])


class RoundsTest(unittest.TestCase):
    def test_ratios_are_taken_within_rounds(self):
        rounds = [(1, 2), (30, 30), (5, 1)]

        self.assertEqual(page.median_ratio(rounds, lambda pair: pair[0], lambda pair: pair[1]), 1)

    def test_each_round_begins_with_another(self):
        self.assertEqual([page.by_turns(["a", "b", "c"], index) for index in range(4)],
                         [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"]])

    def test_all_rounds_run_within_the_budget(self):
        said = []

        self.assertEqual(list(page.rounds(4, 60, said.append)), [0, 1, 2, 3])
        self.assertEqual(said, [])

    def test_one_round_runs_whatever_the_budget(self):
        said = []

        self.assertEqual(list(page.rounds(4, 0, said.append)), [0])
        self.assertEqual(said, ["1 of 4 rounds, since more would take too long"])


class CircumstancesTest(unittest.TestCase):
    def test_work_of_this_process_is_not_that_of_others(self):
        before = page.measure.own_seconds()

        sum(range(3_000_000))

        self.assertGreater(page.measure.own_seconds(), before)
        self.assertGreaterEqual(page.measure.busy_seconds(), 0)


class WriteTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.page = pathlib.Path(folder.name) / "page.md"

    def test_replaces_one_part_and_nothing_else(self):
        self.page.write_text("head\n<!-- a: begin -->\nold\n<!-- a: end -->\n<!-- b: begin -->\nkept\n<!-- b: end -->\n",
                             encoding="utf-8")

        page.write(self.page, "a", ["new", "lines"])

        self.assertEqual(self.page.read_text(encoding="utf-8"),
                         "head\n<!-- a: begin -->\nnew\nlines\n<!-- a: end -->\n<!-- b: begin -->\nkept\n"
                         "<!-- b: end -->\n")

    def test_names_the_markers_that_are_missing(self):
        self.page.write_text("head\n", encoding="utf-8")

        with self.assertRaisesRegex(SystemExit, "want the markers <!-- a: begin --> and <!-- a: end -->"):
            page.write(self.page, "a", [])
        self.assertEqual(self.page.read_text(encoding="utf-8"), "head\n")


if __name__ == "__main__":
    unittest.main()
