"""The law of deadlines a second time, written from the tables and their README
and from nothing else, against the daemon's own answers.

  deadlines.py ANSWER POLICY_FOLDER [--cases N] [--seed S]

Draws N cases (10,000) with dates around Tet, worked Saturdays, the ends of
months and changes of law, asks ANSWER (tests/unit/cases/deadline_answer.c) and
compares. A second law is made for it: KN-03 becomes 25 working days from
2026-07-01, and calendar.csv gets a decided year 2029 with two worked Saturdays.
"""
import argparse
import csv
import datetime
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

DAY = datetime.timedelta(days=1)
UNKNOWN, EXPECTED, DECIDED = "unknown", "expected", "decided"
RANK = {UNKNOWN: 0, EXPECTED: 1, DECIDED: 2}
TIMEOUT_S = 60


def table(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text):
    return datetime.date.fromisoformat(text)


class Calendar:
    def __init__(self, folder):
        self.state, self.off, self.worked = {}, set(), set()
        for row in table(folder, "calendar.csv"):
            self.state[int(row["year"])] = DECIDED
            (self.worked if row["what"] == "working" else self.off).add(day(row["day"]))
        for row in table(folder, "lunar.csv"):
            year = int(row["year"])
            if year in self.state:
                continue
            self.state[year] = EXPECTED
            days = []
            for holiday in table(folder, "holidays.csv"):
                anchor = holiday["anchor"]
                if anchor == "lunar_new_year":
                    first = day(row["lunar_new_year(1/1)"])
                elif anchor == "hung_kings":
                    first = day(row["hung_kings(10/3 lunar)"])
                else:
                    first = day(f"{year}-{anchor}")
                first += int(holiday["offset"]) * DAY
                days += [first + n * DAY for n in range(int(holiday["days"]))]
            self.off.update(days)
            for one in days:
                if one.isoweekday() >= 6:
                    while self.free(one):
                        one += DAY
                    self.off.add(one)

    def free(self, date):
        if date in self.worked:
            return False
        return date in self.off or date.isoweekday() >= 6

    def sure(self, date):
        return self.state.get(date.year, UNKNOWN)


class Term:
    """One term being counted: how sure the years are that it looked at."""

    def __init__(self, calendar, pauses):
        self.calendar, self.pauses, self.sure = calendar, pauses, DECIDED

    def look(self, date):
        if RANK[self.calendar.sure(date)] < RANK[self.sure]:
            self.sure = self.calendar.sure(date)
        return self.calendar.free(date)

    def stopped(self, date):
        for begin, end in self.pauses:
            if date > begin and (end is None or date <= end):
                return "for good" if end is None else "for now"
        return None

    def count(self, start, days, working, roll):
        date = start
        while days > 0:
            date += DAY
            stopped = self.stopped(date)
            if stopped == "for good":
                return None
            if stopped or (working and self.look(date)):
                continue
            days -= 1
        if roll:
            while self.look(date):
                date += DAY
        return date


def versions(rules, rule_id, start):
    """The version in force: of those begun, the last; unless it has ended."""
    begun = [r for r in rules if r["rule_id"] == rule_id and day(r["from"]) <= start]
    if not begun:
        return None
    row = max(begun, key=lambda r: r["from"])
    return None if row["to"] and day(row["to"]) < start else row


def period(row, start):
    if row["unit"] == "week":
        return start + (7 - start.isoweekday()) * DAY
    if row["unit"] == "month":
        following = (start.replace(day=28) + 4 * DAY).replace(day=1)
        return following - DAY
    end = row["trigger"].split("..")[1]
    due = day(f"{start.year}-{end}")
    return due if due >= start else day(f"{start.year + 1}-{end}")


def answer(rules, calendar, case):
    start = case["from"]
    row = versions(rules, case["rule"], start)
    if row is None:
        return "none"
    if row["unit"] in ("week", "month", "window"):
        due = period(row, start)
        return f"{due} {due} {DECIDED}"
    days = int(row["days"])
    base = int(row["remote_days"]) if case["remote"] and row["remote_days"] else days
    if row["complex_days"]:
        most, times = int(row["complex_days"]) - days, min(case["extended"], 1)
    elif row["extend"]:
        each, allowed = map(int, row["extend"].split("x"))
        times = min(case["extended"], allowed)
        most = each * times
    else:
        times = 0
    if times:
        base += min(case["granted"], most) if case["granted"] else most
    readings = [(base, row["basis"] == "W")]
    if row["also"]:
        readings.append((int(row["also"][:-1]), row["also"].endswith("W")))
    term = Term(calendar, case["pauses"])
    dues = [term.count(start, n, working, row["roll"] == "yes")
            for n, working in readings]
    if None in dues:
        return "standing"
    return f"{min(dues)} {max(dues)} {term.sure}"


def near(rng, calendar):
    """A date that is likely to meet something."""
    anchors = sorted(calendar.off | calendar.worked)
    kind = rng.randrange(4)
    if kind == 0:
        return rng.choice(anchors) + rng.randint(-50, 5) * DAY
    if kind == 1:
        return datetime.date(2026, 7, 1) + rng.randint(-45, 10) * DAY
    if kind == 2:
        return datetime.date(2012, 1, 1) + rng.randrange(366 * 26) * DAY
    return datetime.date(rng.choice((2024, 2025, 2026, 2029, 2035)), 12, 31) + rng.randint(-60, 60) * DAY


def draw(rng, rules, calendar):
    start = near(rng, calendar)
    pauses, at = [], start
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        begin = at + rng.randint(0, 20) * DAY
        end = begin + rng.randint(0, 40) * DAY
        pauses.append((begin, end))
        at = end
    if pauses and rng.randrange(10) == 0:
        pauses[-1] = (pauses[-1][0], None)
    return {"rule": rng.choice(rules)["rule_id"], "from": start,
            "remote": rng.randrange(3) == 0, "extended": rng.choice((0, 0, 0, 1, 1, 2, 3)),
            "granted": rng.choice((0, 0, 7, 15, 100)), "pauses": pauses}


def words(case):
    line = [case["rule"], case["from"].isoformat()]
    if case["remote"]:
        line.append("remote")
    if case["extended"]:
        line.append(f"extended={case['extended']}")
    if case["granted"]:
        line.append(f"granted={case['granted']}")
    line += [f"paused={a}..{'' if b is None else b}" for a, b in case["pauses"]]
    return " ".join(line)


def second_law(source, folder):
    """The same tables with a change of law in them."""
    for name in ("deadlines.csv", "calendar.csv", "holidays.csv", "lunar.csv"):
        shutil.copy(os.path.join(source, name), folder)
    with open(os.path.join(folder, "deadlines.csv"), "a", encoding="utf-8") as file:
        file.write("KN-03,complaint1,settle,acceptance,25,W,test,,2026-07-01,,made up,M,"
                   "term,,normal,,40,,yes,office,complaint1,accepted,decided|closed,thử\n")
    with open(os.path.join(folder, "calendar.csv"), "a", encoding="utf-8") as file:
        for row in ("2029-02-12,off", "2029-02-13,off", "2029-02-14,off", "2029-02-15,off",
                    "2029-02-16,off", "2029-02-24,working", "2029-09-08,working",
                    "2029-09-03,off", "2029-09-04,off"):
            file.write(f"2029,{row},thử,made up,made up,M\n")


def compare(program, folder, cases, rng):
    rules, calendar = table(folder, "deadlines.csv"), Calendar(folder)
    asked = [draw(rng, rules, calendar) for _ in range(cases)]
    run = subprocess.run([program, folder], check=True, timeout=TIMEOUT_S, text=True,
                         input="".join(words(case) + "\n" for case in asked),
                         stdout=subprocess.PIPE)
    got = run.stdout.splitlines()
    if len(got) != len(asked):
        sys.exit(f"FAILED: {len(asked)} questions, {len(got)} answers")
    wrong, kinds = 0, {}
    for case, theirs in zip(asked, got):
        ours = answer(rules, calendar, case)
        kind = ours.split()[-1]
        kinds[kind] = kinds.get(kind, 0) + 1
        if ours != theirs:
            wrong += 1
            if wrong <= 10:
                print(f"{words(case)}\n  here:    {ours}\n  daemon: {theirs}")
    return wrong, kinds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("policy", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=20260302)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    half = args.cases // 2
    wrong, kinds = compare(args.program, str(args.policy), half, rng)
    with tempfile.TemporaryDirectory() as folder:
        second_law(str(args.policy), folder)
        more, more_kinds = compare(args.program, folder, args.cases - half, rng)
    for kind, n in more_kinds.items():
        kinds[kind] = kinds.get(kind, 0) + n
    print(f"{args.cases} cases, {wrong + more} differ; "
          + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))
    # A comparison that never met a kind of case would prove nothing of it.
    for kind in (DECIDED, EXPECTED, UNKNOWN, "none", "standing"):
        if kinds.get(kind, 0) < args.cases // 100:
            sys.exit(f"FAILED: only {kinds.get(kind, 0)} cases are {kind}")
    sys.exit(1 if wrong + more else 0)


main()
