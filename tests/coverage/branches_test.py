#!/usr/bin/env python3
"""That an exclusion excuses what it names and nothing more."""
import unittest

import branches

FILE = "daemon/log/log.c"
SOURCES = {FILE: ["    if (a) {", "    if (b) {", "    }"]}


def judge(measured, text):
    return branches.judge({FILE: measured}, SOURCES, branches.parse_exclusions(text))


class Exclusions(unittest.TestCase):
    def test_a_branch_that_is_named_is_excused(self):
        counts, missing, stale = judge([(1, 2, 1), (2, 2, 2)], f"{FILE}\tif (a) {{\t1\tno way\n")
        self.assertEqual(counts, {FILE: [4, 3, 1]})
        self.assertEqual((missing, stale), ([], []))

    def test_one_more_than_named_is_missing(self):
        _, missing, stale = judge([(1, 2, 0)], f"{FILE}\tif (a) {{\t1\tno way\n")
        self.assertEqual(missing, [(FILE, 1, 1, "if (a) {")])
        self.assertEqual(stale, [])

    def test_one_that_was_taken_is_stale(self):
        _, _, stale = judge([(1, 2, 2)], f"{FILE}\tif (a) {{\t1\tno way\n")
        self.assertEqual(stale, [(FILE, "if (a) {")])

    def test_a_line_that_is_not_there_is_stale(self):
        _, _, stale = judge([(1, 2, 2)], f"{FILE}\tif (c) {{\t1\tno way\n")
        self.assertEqual(stale, [(FILE, "if (c) {")])

    def test_without_a_reason_there_is_none(self):
        for text in (f"{FILE}\tif (a) {{\t1\t \n", f"{FILE}\tif (a) {{\t1\n"):
            with self.assertRaises(ValueError):
                branches.parse_exclusions(text)

    def test_a_file_may_not_rise_above_its_floor(self):
        floor = {FILE: 2, "common/scan.c": 1}
        self.assertEqual(branches.hold({FILE: 2, "common/scan.c": 1}, floor), ([], []))
        self.assertEqual(branches.hold({FILE: 3, "common/scan.c": 1}, floor), ([FILE], []))
        self.assertEqual(branches.hold({FILE: 2}, floor), ([], ["common/scan.c"]))

    def test_a_file_without_a_floor_has_to_be_whole(self):
        self.assertEqual(branches.hold({FILE: 1}, {}), ([FILE], []))

    def test_two_in_a_hundred_and_no_more(self):
        self.assertFalse(branches.too_many({FILE: [100, 90, 2]}))
        self.assertTrue(branches.too_many({FILE: [100, 90, 3]}))


if __name__ == "__main__":
    unittest.main()
